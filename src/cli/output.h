// Where results go: standard output, or a file that appears only when it is complete.
#pragma once

#include <string>
#include <string_view>

#include "gcsim/report/sink.h"

namespace gcsim::cli {

class StandardOutput : public report::Sink {
 public:
  // Throws InputOutputError, or ClosedPipe when nobody reads any more.
  void write(std::string_view text) override;
};

// Writes beside the file and renames at the end, so that no half report is ever left behind, whatever
// ends the program.
class OutputFile : public report::Sink {
 public:
  // Throws InputOutputError if it can't be created, or exists and `overwrite` is false.
  OutputFile(std::string path, bool overwrite);
  ~OutputFile() override;  // without commit() nothing is left
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void write(std::string_view text) override;
  void commit();

 private:
  void create_beside(unsigned mode);
  void discard();
  [[noreturn]] void fail(int error) const;

  std::string path_;       // as the user gave it
  std::string target_;     // the file it stands for
  std::string temporary_;  // empty: written in place (a device, a pipe)
  int descriptor_ = -1;
};

// Messages for people: always standard error.
void print_message(std::string_view text);

// A signal that ends the program first removes unfinished output. Makes a closed pipe an error of write().
void prepare_signals();

}  // namespace gcsim::cli
