#include "process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "exit_status.h"

namespace gcsim::cli {

namespace {

volatile sig_atomic_t g_child = 0;

extern "C" void pass_on(int signal) {
  if (g_child > 0) ::kill(static_cast<pid_t>(g_child), signal);
}

// The signals that gcsim leaves to the program while that runs, as they were before.
class SignalsOfChild {
 public:
  SignalsOfChild() {
    for (const int signal : {SIGINT, SIGQUIT}) set(signal, SIG_IGN);
    for (const int signal : {SIGTERM, SIGHUP}) set(signal, pass_on);
  }
  ~SignalsOfChild() {
    g_child = 0;
    for (std::size_t k = 0; k < count_; ++k) ::sigaction(signals_[k], &before_[k], nullptr);
  }
  SignalsOfChild(const SignalsOfChild&) = delete;
  SignalsOfChild& operator=(const SignalsOfChild&) = delete;

 private:
  void set(int signal, void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    signals_[count_] = signal;
    ::sigaction(signal, &action, &before_[count_++]);
  }

  std::array<int, 4> signals_{};
  std::array<struct sigaction, 4> before_{};
  std::size_t count_ = 0;
};

std::vector<char*> pointers_to(const std::vector<std::string>& command) {
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  return words;
}

// In the child. What could not be started is told through the pipe.
[[noreturn]] void become(const std::vector<std::string>& command, int tell) {
  // As gcsim's caller would have started it.
  for (const int signal : {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGPIPE}) std::signal(signal, SIG_DFL);
  std::vector<char*> words = pointers_to(command);
  ::execvp(words[0], words.data());
  const int error = errno;
  [[maybe_unused]] const ssize_t told = ::write(tell, &error, sizeof error);
  ::_exit(127);
}

Ending wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status)) return {0, WTERMSIG(status)};
  return {WEXITSTATUS(status), 0};
}

}  // namespace

Ending run_program(const std::vector<std::string>& command) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw InputOutputError("can't make a pipe");
  const SignalsOfChild signals;
  const pid_t child = ::fork();
  if (child == 0) become(command, pipe[1]);
  g_child = child;
  ::close(pipe[1]);
  int error = child < 0 ? errno : 0;
  const bool failed = child < 0 || ::read(pipe[0], &error, sizeof error) > 0;
  ::close(pipe[0]);
  const Ending ending = child < 0 ? Ending{} : wait_for(child);
  if (failed) throw InputOutputError(fmt::format("can't run {}: {}", command.front(), std::strerror(error)));
  return ending;
}

std::optional<std::string> output_of(const std::vector<std::string>& command) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw InputOutputError("can't make a pipe");
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(pipe[1], STDOUT_FILENO);
    become(command, STDERR_FILENO);
  }
  ::close(pipe[1]);
  std::string output;
  std::array<char, 4096> block{};
  ssize_t got = 0;
  while (child > 0 && (got = ::read(pipe[0], block.data(), block.size())) > 0)
    output.append(block.data(), static_cast<std::size_t>(got));
  ::close(pipe[0]);
  if (child < 0) return std::nullopt;
  const Ending ending = wait_for(child);
  if (ending.signal != 0 || ending.status != 0) return std::nullopt;
  return output;
}

void end_likewise(const Ending& ending) {
  if (ending.signal == 0) ::_exit(ending.status);
  std::signal(ending.signal, SIG_DFL);
  ::raise(ending.signal);
  ::_exit(128 + ending.signal);  // a signal that does not kill
}

}  // namespace gcsim::cli
