// SPDX-License-Identifier: MIT
// strict_json.cpp - see the header.
#include "strict_json.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <set>
#include <vector>

namespace replay {

using nlohmann::json;

void bad(const std::string &what)
{
    throw bad_line{what};
}

std::string hex(uint64_t value)
{
    char text[24];
    std::snprintf(text, sizeof text, "0x%" PRIx64, value);
    return text;
}

std::string shown(const std::string &text)
{
    constexpr size_t longest = 40;
    return "\"" + (text.size() > longest ? text.substr(0, longest) + "..." : text) + "\"";
}

std::string shown(const json &value)
{
    // Text inside keeps its own quotes.
    std::string text = value.dump(-1, ' ', true, json::error_handler_t::replace);
    return text.size() > 44 ? text.substr(0, 44) + "..." : text;
}

int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

std::optional<uint64_t> number_in(const std::string &text)
{
    bool is_hex = text.rfind("0x", 0) == 0;
    unsigned base = is_hex ? 16 : 10;
    size_t first = is_hex ? 2 : 0;
    uint64_t value = 0;

    if (first == text.size())
        return {};
    for (size_t i = first; i < text.size(); i++) {
        int digit = hex_digit(text[i]);
        if (digit < 0 || static_cast<unsigned>(digit) >= base)
            return {};
        if (value > (all_ones - static_cast<unsigned>(digit)) / base)
            return {};
        value = value * base + static_cast<unsigned>(digit);
    }
    return value;
}

uint64_t number(const json &value, const std::string &what, uint64_t min, uint64_t max)
{
    std::optional<uint64_t> n;

    if (value.is_number_unsigned())
        n = value.get<uint64_t>();
    else if (value.is_string())
        n = number_in(value.get_ref<const std::string &>());
    if (!n)
        bad(what + " must be a whole number of at most 64 bits, not " + shown(value));
    if (*n < min)
        bad(what + " is " + shown(value) + ", must be at least " + std::to_string(min));
    if (*n > max)
        bad(what + " is " + shown(value) + ", must be at most " + hex(max));
    return *n;
}

object::object(const json &j, std::string what) : json_(j), what_(std::move(what))
{
    if (!j.is_object())
        bad(what_ + " must be a JSON object, not " + shown(j));
}

void object::only(std::initializer_list<const char *> keys) const
{
    for (const auto &item : json_.items())
        if (std::find(keys.begin(), keys.end(), item.key()) == keys.end())
            bad(what_ + ": unknown key " + shown(item.key()));
}

const json *object::find(const char *key) const
{
    auto it = json_.find(key);
    return it == json_.end() ? nullptr : &*it;
}

const json &object::need(const char *key) const
{
    const json *value = find(key);
    if (!value)
        bad(what_ + ": key \"" + key + "\" is missing");
    return *value;
}

uint64_t object::num(const char *key, uint64_t min, uint64_t max) const
{
    return number(need(key), name(key), min, max);
}

uint32_t object::num32(const char *key, uint64_t min, uint32_t max) const
{
    return static_cast<uint32_t>(num(key, min, max));
}

std::string object::text(const char *key) const
{
    const json &value = need(key);
    if (!value.is_string())
        bad(name(key) + " must be a string, not " + shown(value));
    return value.get<std::string>();
}

const json &object::list(const char *key) const
{
    const json &value = need(key);
    if (!value.is_array())
        bad(name(key) + " must be a list, not " + shown(value));
    return value;
}

json parse_strictly(const std::string &text)
{
    std::vector<std::set<std::string>> keys;
    constexpr int deepest = 8; // no trace needs more, and dumping a value recurses
    auto watch = [&](int depth, json::parse_event_t event, json &parsed) {
        if (depth > deepest)
            bad("nested too deeply");
        if (event == json::parse_event_t::object_start) {
            keys.emplace_back();
        } else if (event == json::parse_event_t::object_end) {
            keys.pop_back();
        } else if (event == json::parse_event_t::key) {
            auto key = parsed.get<std::string>();
            if (!keys.back().insert(key).second)
                bad("key " + shown(key) + " stands twice");
        }
        return true;
    };

    // The parser takes a NUL for the end of the text.
    if (text.find('\0') != std::string::npos)
        bad("not JSON: a NUL byte");
    try {
        return json::parse(text, watch);
    } catch (const json::exception &e) {
        std::string what = e.what();
        size_t at = what.find("column ");
        bad("not JSON: " + (at == std::string::npos ? what : what.substr(at)));
    }
}

} // namespace replay
