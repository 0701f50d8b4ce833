// SPDX-License-Identifier: MIT
// strict_json.h - JSON that forgives nothing: no key twice, none unknown, none missing, numbers that
// are whole, not negative and fit. Whatever is wrong is thrown as bad_line.
#ifndef ITSIM_REPLAY_STRICT_JSON_H
#define ITSIM_REPLAY_STRICT_JSON_H

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace replay {

constexpr uint64_t all_ones = ~UINT64_C(0);

// What is wrong with a line, without its place.
struct bad_line {
    std::string what;
};

[[noreturn]] void bad(const std::string &what);

// Values as messages show them: short, in quotes.
std::string shown(const std::string &text);
std::string shown(const nlohmann::json &value);
std::string hex(uint64_t value);

// Value of a hexadecimal digit, or -1.
int hex_digit(char c);

// Whole text as a number, decimal or 0x; empty when it is not one or needs more than 64 bits.
std::optional<uint64_t> number_in(const std::string &text);

// A JSON integer or a string that number_in() understands, within [min, max].
uint64_t number(const nlohmann::json &value, const std::string &what, uint64_t min = 0,
                uint64_t max = all_ones);

// JSON text to a value; refuses a key that stands twice in one object.
nlohmann::json parse_strictly(const std::string &text);

// One JSON object. Lives no longer than the value it looks at.
class object {
public:
    object(const nlohmann::json &j, std::string what);

    // Refuses any other key. Comes first: a misspelt key is then named, not the one it should be.
    void only(std::initializer_list<const char *> keys) const;
    const nlohmann::json *find(const char *key) const; // nullptr when it is not there
    const nlohmann::json &need(const char *key) const;
    uint64_t num(const char *key, uint64_t min = 0, uint64_t max = all_ones) const;
    uint32_t num32(const char *key, uint64_t min = 0, uint32_t max = UINT32_MAX) const;
    std::string text(const char *key) const;
    const nlohmann::json &list(const char *key) const;

    // How messages call this key.
    std::string name(const char *key) const { return what_ + ": \"" + key + "\""; }
    const nlohmann::json &raw() const { return json_; }

private:
    const nlohmann::json &json_;
    std::string what_;
};

} // namespace replay

#endif
