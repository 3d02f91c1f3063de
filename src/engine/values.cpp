#include "values.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace gcsim::engine {
namespace {

constexpr std::uint64_t kModulus = (std::uint64_t{1} << 61) - 1;  // _PyHASH_MODULUS

std::int64_t not_minus_one(std::uint64_t h) {
  auto s = static_cast<std::int64_t>(h);
  return s == -1 ? -2 : s;
}

// x * 2**n modulo 2**61 - 1 is a rotation of 61 bits.
std::uint64_t times_two_to(std::uint64_t x, int n) {
  return ((x << n) & kModulus) | x >> (61 - n);
}

// A decimal integer modulo 2**61 - 1, with its sign (long_hash).
std::int64_t hash_integer(std::string_view digits) {
  bool negative = digits.front() == '-';
  if (negative) digits.remove_prefix(1);
  std::uint64_t x = 0;
  for (char c : digits)
    x = (times_two_to(x, 3) + times_two_to(x, 1) + static_cast<unsigned>(c - '0')) % kModulus;
  auto h = static_cast<std::int64_t>(x);
  return not_minus_one(static_cast<std::uint64_t>(negative ? -h : h));
}

// _Py_HashDouble: the fraction's bits in pieces of 28, multiplied by powers of two modulo 2**61 - 1.
std::int64_t hash_double(double v) {
  if (std::isinf(v)) return v > 0 ? 314159 : -314159;
  if (std::isnan(v)) return 0;
  int exponent = 0;
  double m = std::frexp(v, &exponent);
  bool negative = m < 0;
  if (negative) m = -m;
  std::uint64_t x = 0;
  while (m != 0.0) {
    x = times_two_to(x, 28);
    m *= 268435456.0;
    exponent -= 28;
    auto y = static_cast<std::uint64_t>(m);
    m -= static_cast<double>(y);
    x += y;
    if (x >= kModulus) x -= kModulus;
  }
  exponent = exponent >= 0 ? exponent % 61 : 61 - 1 - ((-1 - exponent) % 61);
  x = times_two_to(x, exponent);
  return not_minus_one(negative ? ~x + 1 : x);
}

struct Sip {
  std::uint64_t v0 = 0x736f6d6570736575u, v1 = 0x646f72616e646f6du;
  std::uint64_t v2 = 0x6c7967656e657261u, v3 = 0x7465646279746573u;
  void round() {
    v0 += v1;
    v2 += v3;
    v1 = std::rotl(v1, 13) ^ v0;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 = std::rotl(v0, 32);
    v2 += v1;
    v0 += v3;
    v1 = std::rotl(v1, 17) ^ v2;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 = std::rotl(v2, 32);
  }
};

// SipHash with key 0: some rounds per 8 bytes, more at the end.
std::uint64_t siphash(std::string_view bytes, int rounds, int last_rounds) {
  Sip s;
  auto absorb = [&s, rounds](std::uint64_t m) {
    s.v3 ^= m;
    for (int i = 0; i < rounds; ++i) s.round();
    s.v0 ^= m;
  };
  std::size_t n = bytes.size();
  const char* p = bytes.data();
  for (; n >= 8; p += 8, n -= 8) {
    std::uint64_t m = 0;
    std::memcpy(&m, p, 8);
    absorb(m);
  }
  std::uint64_t last = std::uint64_t{bytes.size()} << 56;
  for (std::size_t i = 0; i < n; ++i) last |= std::uint64_t{static_cast<unsigned char>(p[i])} << (8 * i);
  absorb(last);
  s.v2 ^= 0xff;
  for (int i = 0; i < last_rounds; ++i) s.round();
  return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

std::u32string decode(std::string_view utf8) {
  std::u32string out;
  for (std::size_t i = 0; i < utf8.size();) {
    auto c = static_cast<unsigned char>(utf8[i]);
    std::size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    char32_t x = n == 1 ? c : c & (0x7fu >> n);
    for (std::size_t k = 1; k < n && i + k < utf8.size(); ++k) {
      x = (x << 6) | (static_cast<unsigned char>(utf8[i + k]) & 0x3fu);
    }
    out.push_back(x);
    i += n;
  }
  return out;
}

template <class Unit>
std::string units(const std::u32string& text) {
  std::string bytes(text.size() * sizeof(Unit), '\0');
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto u = static_cast<Unit>(text[i]);
    std::memcpy(bytes.data() + i * sizeof(Unit), &u, sizeof(Unit));
  }
  return bytes;
}

// The bytes CPython keeps for a str (PEP 393): the narrowest width that holds every character.
std::string internal_bytes(std::string_view utf8) {
  std::u32string text = decode(utf8);
  char32_t widest = 0;
  for (char32_t c : text) widest = c > widest ? c : widest;
  if (widest < 0x100) return units<std::uint8_t>(text);
  if (widest < 0x10000) return units<std::uint16_t>(text);
  return units<std::uint32_t>(text);
}

// string_hash of 2.7, over the bytes.
std::uint64_t multiply_xor(std::string_view bytes) {
  std::uint64_t x = std::uint64_t{static_cast<unsigned char>(bytes.front())} << 7;
  for (char c : bytes) x = (1000003 * x) ^ static_cast<unsigned char>(c);
  return x ^ bytes.size();
}

std::int64_t hash_text(std::string_view utf8, profile::StringHash algorithm) {
  if (utf8.empty()) return 0;
  switch (algorithm) {
    case profile::StringHash::multiply_xor: return not_minus_one(multiply_xor(utf8));
    case profile::StringHash::siphash_2_4: return not_minus_one(siphash(internal_bytes(utf8), 2, 4));
    case profile::StringHash::siphash_1_3: return not_minus_one(siphash(internal_bytes(utf8), 1, 3));
  }
  return 0;
}

// int_hash and long_hash of 2.7: the number itself, or modulo 2**64 - 1 if it does not fit into a word.
std::int64_t hash_integer_by_word(std::string_view digits) {
  std::int64_t word = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), word);
  if (error == std::errc{} && end == digits.data() + digits.size())
    return not_minus_one(static_cast<std::uint64_t>(word));
  bool negative = digits.front() == '-';
  if (negative) digits.remove_prefix(1);
  __extension__ using Wide = unsigned __int128;
  Wide x = 0;
  for (char c : digits) x = (x * 10 + static_cast<unsigned>(c - '0')) % ~std::uint64_t{0};
  auto h = static_cast<std::uint64_t>(x);
  return not_minus_one(negative ? ~h + 1 : h);
}

// _Py_HashDouble of 2.7, for what is no whole number.
std::int64_t hash_double_by_word(double v) {
  if (std::isinf(v)) return v > 0 ? 314159 : -271828;
  if (std::isnan(v)) return 0;
  int exponent = 0;
  double m = std::frexp(v, &exponent) * 2147483648.0;
  auto high = static_cast<std::int64_t>(m);
  auto low = static_cast<std::int64_t>((m - static_cast<double>(high)) * 2147483648.0);
  return not_minus_one(static_cast<std::uint64_t>(high + low + std::int64_t{exponent} * 32768));
}

// A float that is a whole number is written as that integer, so that it equals the int.
std::string canonical_number(double v) {
  if (std::isfinite(v) && v == std::floor(v)) {
    std::string digits(320, '\0');
    int n = std::snprintf(digits.data(), digits.size(), "%.0f", v == 0 ? 0.0 : v);
    digits.resize(static_cast<std::size_t>(n));
    return digits;
  }
  char buffer[64];
  auto end = std::to_chars(buffer, buffer + sizeof buffer, v).ptr;
  return {buffer, end};
}

}  // namespace

Value value_of(trace::Kind kind, std::string_view text) {
  if (kind == trace::Kind::string) return {true, std::string(text)};
  if (kind == trace::Kind::integer) return {false, std::string(text)};
  return {false, canonical_number(std::strtod(std::string(text).c_str(), nullptr))};
}
Value default_float(std::uint64_t event) {
  return {false, canonical_number(static_cast<double>(event) + 0.5)};
}
Value default_str(std::uint64_t event) {
  return {true, "str" + std::to_string(event)};
}

std::int64_t hash_of(const Value& value, const profile::HashRules& rules) {
  if (value.is_text) return hash_text(value.canonical, rules.strings);
  bool is_modular = rules.numbers == profile::NumberHash::modular;
  if (value.canonical.find_first_not_of("-0123456789") == std::string::npos)
    return is_modular ? hash_integer(value.canonical) : hash_integer_by_word(value.canonical);
  double number = std::strtod(value.canonical.c_str(), nullptr);
  return is_modular ? hash_double(number) : hash_double_by_word(number);
}

namespace {

// tuplehash before 3.8
std::int64_t hash_of_tuple_by_multiplication(const std::vector<std::int64_t>& elements) {
  std::uint64_t x = 0x345678;
  std::uint64_t multiplier = 1000003;
  std::uint64_t left = elements.size();
  for (std::int64_t h : elements) {
    --left;
    x = (x ^ static_cast<std::uint64_t>(h)) * multiplier;
    multiplier += 82520 + 2 * left;
  }
  return not_minus_one(x + 97531);
}

}  // namespace

std::int64_t hash_of_tuple(const std::vector<std::int64_t>& elements, profile::TupleHash algorithm) {
  if (algorithm == profile::TupleHash::multiply_xor) return hash_of_tuple_by_multiplication(elements);
  constexpr std::uint64_t kPrime1 = 11400714785074694791u, kPrime2 = 14029467366897019727u;
  constexpr std::uint64_t kPrime5 = 2870177450012600261u;
  std::uint64_t acc = kPrime5;
  for (std::int64_t h : elements) {
    acc += static_cast<std::uint64_t>(h) * kPrime2;
    acc = std::rotl(acc, 31) * kPrime1;
  }
  acc += elements.size() ^ (kPrime5 ^ 3527539u);
  return acc == ~std::uint64_t{0} ? 1546275796 : static_cast<std::int64_t>(acc);
}

bool is_interned(trace::Kind kind, std::string_view text, const profile::InternedValues& rules) {
  if (kind == trace::Kind::integer) {
    int v = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), v);
    return error == std::errc{} && end == text.data() + text.size() && v >= rules.smallest_int &&
           v <= rules.largest_int;
  }
  if (kind != trace::Kind::string || rules.character_limit == 0) return false;
  std::u32string characters = decode(text);
  return characters.empty() || (characters.size() == 1 && characters[0] < rules.character_limit);
}

namespace {

// Digits without sign, from the last to the first.
std::string added(std::string_view a, std::string_view b) {
  std::string digits;
  int carry = 0;
  for (std::size_t k = 0; k < a.size() || k < b.size() || carry > 0; ++k) {
    int d = carry + (k < a.size() ? a[a.size() - 1 - k] - '0' : 0) +
            (k < b.size() ? b[b.size() - 1 - k] - '0' : 0);
    digits.push_back(static_cast<char>('0' + d % 10));
    carry = d / 10;
  }
  return digits;
}

// a - b. REQUIRES: a is not less.
std::string subtracted(std::string_view a, std::string_view b) {
  std::string digits;
  int borrow = 0;
  for (std::size_t k = 0; k < a.size(); ++k) {
    int d = a[a.size() - 1 - k] - '0' - borrow - (k < b.size() ? b[b.size() - 1 - k] - '0' : 0);
    borrow = d < 0 ? 1 : 0;
    digits.push_back(static_cast<char>('0' + d + 10 * borrow));
  }
  return digits;
}

}  // namespace

std::string sum_of_integers(std::string_view a, std::string_view b) {
  bool a_negative = a.front() == '-';
  bool b_negative = b.front() == '-';
  if (a_negative) a.remove_prefix(1);
  if (b_negative) b.remove_prefix(1);
  bool a_is_less = a.size() != b.size() ? a.size() < b.size() : a < b;
  bool negative = a_is_less ? b_negative : a_negative;
  std::string digits = a_negative == b_negative ? added(a, b)
                       : a_is_less              ? subtracted(b, a)
                                                : subtracted(a, b);
  while (digits.size() > 1 && digits.back() == '0') digits.pop_back();
  if (negative && digits != "0") digits.push_back('-');
  return {digits.rbegin(), digits.rend()};
}

std::optional<std::string> sum_of_floats(std::string_view a, std::string_view b) {
  double x = 0;
  double y = 0;
  if (std::from_chars(a.data(), a.data() + a.size(), x).ec != std::errc{}) return std::nullopt;
  if (std::from_chars(b.data(), b.data() + b.size(), y).ec != std::errc{}) return std::nullopt;
  double total = x + y;
  if (std::isnan(total)) return "nan";
  char digits[64];
  auto end = std::to_chars(digits, digits + sizeof digits, total).ptr;
  std::string text(digits, end);
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

}  // namespace gcsim::engine
