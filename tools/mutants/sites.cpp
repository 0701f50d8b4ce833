/* SPDX-License-Identifier: MIT */
/* sites.cpp - a lexer for C, and one function per kind of mistake. */
#include "sites.h"

#include <array>
#include <cctype>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <map>
#include <numeric>
#include <optional>
#include <set>

namespace mutants {
namespace {

enum class kind { word, number, other, end };

struct token {
    kind what;
    std::size_t begin;
    std::size_t end;
    unsigned line;
    std::string text;
    bool in_define; /* the body of a #define: no statements there */
};

const std::array<const char *, 33> punctuators = {"<<=", ">>=", "...", "->", "++", "--", "<<",
                                                  ">>",  "<=",  ">=",  "==", "!=", "&&", "||",
                                                  "+=",  "-=",  "*=",  "/=", "%=", "&=", "|=",
                                                  "^=",  "##",  "+",   "-",  "*",  "/",  "%",
                                                  "<",   ">",   "&",   "|",  "!"};

class lexer {
public:
    explicit lexer(const std::string &source) : s_(source) {}

    std::vector<token> tokens()
    {
        while (skip_blank())
            take();
        all_.push_back({kind::end, s_.size(), s_.size(), line_, "", false});
        return std::move(all_);
    }

private:
    char at(std::size_t i) const { return i < s_.size() ? s_[i] : '\0'; }

    void advance_to(std::size_t to)
    {
        for (; at_ < to && at_ < s_.size(); at_++) {
            if (s_[at_] != '\n')
                continue;
            line_++;
            fresh_ = true;
            if (at_ == 0 || s_[at_ - 1] != '\\')
                define_ = false;
        }
    }

    /* False at the end of the file. */
    bool skip_blank()
    {
        while (at_ < s_.size()) {
            if (std::isspace(static_cast<unsigned char>(s_[at_])) || s_[at_] == '\\')
                advance_to(at_ + 1);
            else if (s_.compare(at_, 2, "/*") == 0)
                advance_to(after("*/", at_ + 2));
            else if (s_.compare(at_, 2, "//") == 0)
                advance_to(s_.find('\n', at_));
            else if (fresh_ && s_[at_] == '#')
                directive();
            else
                return true;
        }
        return false;
    }

    std::size_t after(const char *what, std::size_t from) const
    {
        std::size_t found = s_.find(what, from);
        return found == std::string::npos ? s_.size() : found + 2;
    }

    /* Of a #define only the body is looked at, of other directives nothing. */
    void directive()
    {
        if (s_.compare(at_, 8, "#define ") == 0) {
            std::size_t name = at_ + 8;
            while (word_char(at(name)))
                name++;
            if (at(name) == '(')
                name = s_.find(')', name) + 1;
            advance_to(name);
            define_ = true;
            return;
        }
        std::size_t end = s_.find('\n', at_);
        while (end != std::string::npos && s_[end - 1] == '\\')
            end = s_.find('\n', end + 1);
        advance_to(end);
    }

    static bool word_char(char c)
    {
        return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
    }

    std::size_t quoted() const
    {
        std::size_t i = at_ + 1;
        while (i < s_.size() && s_[i] != s_[at_])
            i += s_[i] == '\\' ? 2 : 1;
        return i + 1;
    }

    void take()
    {
        kind what = kind::other;
        std::size_t end = at_ + 1;
        if (word_char(s_[at_])) {
            what = std::isdigit(static_cast<unsigned char>(s_[at_])) ? kind::number : kind::word;
            while (word_char(at(end)) || (what == kind::number && at(end) == '.'))
                end++;
        } else if (s_[at_] == '"' || s_[at_] == '\'') {
            end = quoted();
        } else {
            for (const char *p : punctuators) {
                std::string text = p;
                if (s_.compare(at_, text.size(), text) == 0) {
                    end = at_ + text.size();
                    break;
                }
            }
        }
        all_.push_back({what, at_, end, line_, s_.substr(at_, end - at_), define_});
        fresh_ = false;
        advance_to(end);
    }

    const std::string &s_;
    std::vector<token> all_;
    std::size_t at_ = 0;
    unsigned line_ = 1;
    bool fresh_ = true; /* nothing on this line yet */
    bool define_ = false;
};

const std::set<std::string> keywords = {
    "auto",         "break",    "case",   "const",  "continue",
    "default",      "do",       "else",   "enum",   "extern",
    "for",          "goto",     "if",     "inline", "return",
    "sizeof",       "static",   "struct", "switch", "typedef",
    "union",        "unsigned", "void",   "while",  "_Static_assert",
    "static_assert"};

class finder {
public:
    finder(const std::string &file, const std::string &source)
        : file_(file), source_(source), t_(lexer(source).tokens()), partner_(t_.size())
    {
        std::vector<std::size_t> open;
        std::iota(partner_.begin(), partner_.end(), std::size_t{0}); /* of what is not closed */
        for (std::size_t i = 0; i < t_.size(); i++) {
            if (is(i, "(") || is(i, "[") || is(i, "{")) {
                open.push_back(i);
            } else if ((is(i, ")") || is(i, "]") || is(i, "}")) && !open.empty()) {
                partner_[i] = open.back();
                partner_[open.back()] = i;
                open.pop_back();
            }
        }
    }

    std::vector<site> all(bool tables_only)
    {
        for (std::size_t i = 0; i + 1 < t_.size(); i++) {
            if (is(i, "static_assert") || is(i, "_Static_assert")) {
                i = partner_[i + 1];
                continue;
            }
            number(i);
            if (tables_only)
                continue;
            truth(i);
            operation(i);
            swap_operands(i);
            if (t_[i].in_define)
                continue;
            condition(i);
            swap_branches(i);
            swap_arguments(i);
            statement(i);
        }
        return std::move(found_);
    }

private:
    bool is(std::size_t i, const char *text) const { return i < t_.size() && t_[i].text == text; }

    bool plain_word(std::size_t i) const
    {
        return t_[i].what == kind::word && keywords.count(t_[i].text) == 0;
    }

    std::string text(std::size_t first, std::size_t last) const
    {
        return source_.substr(t_[first].begin, t_[last].end - t_[first].begin);
    }

    /* Tokens first to last become `text`. */
    void add(std::size_t first, std::size_t last, const std::string &text, const std::string &what)
    {
        found_.push_back({file_, t_[first].line, t_[first].begin, t_[last].end, text, what});
    }

    void replace(std::size_t i, const std::string &by)
    {
        add(i, i, by, t_[i].text + " -> " + (by.empty() ? "nothing" : by));
    }

    void number(std::size_t i)
    {
        if (t_[i].what != kind::number || t_[i].text.find('.') != std::string::npos)
            return;
        const std::string &digits = t_[i].text;
        std::size_t used = 0;
        std::uint64_t value = std::stoull(digits, &used, 0);
        std::string suffix = digits.substr(used);
        bool hex = digits.size() > 1 && (digits[1] == 'x' || digits[1] == 'X');
        for (std::uint64_t other : {value + 1, value - 1}) {
            char printed[32];
            if (other > value && value == 0 && other != 1)
                continue; /* 0 - 1 */
            std::snprintf(printed, sizeof printed, hex ? "0x%" PRIx64 : "%" PRIu64, other);
            replace(i, printed + suffix);
        }
    }

    void truth(std::size_t i)
    {
        if (is(i, "true"))
            replace(i, "false");
        else if (is(i, "false"))
            replace(i, "true");
    }

    /* Formatted sources have a space on both sides of a binary operator, and of nothing else. */
    bool binary(std::size_t i) const
    {
        return i > 0 && std::isspace(static_cast<unsigned char>(source_[t_[i].begin - 1])) &&
               std::isspace(static_cast<unsigned char>(source_[t_[i].end])) &&
               t_[i - 1].what != kind::end;
    }

    void operation(std::size_t i)
    {
        static const std::map<std::string, std::vector<const char *>> others = {
            {"==", {"!="}},      {"!=", {"=="}},     {"<", {"<=", ">="}}, {"<=", {"<", ">"}},
            {">", {">=", "<="}}, {">=", {">", "<"}}, {"&&", {"||"}},      {"||", {"&&"}},
            {"+", {"-"}},        {"-", {"+"}},       {"*", {"/"}},        {"/", {"*"}},
            {"%", {"/"}},        {"<<", {">>"}},     {">>", {"<<"}},      {"&", {"|"}},
            {"|", {"&"}},        {"^", {"|"}},       {"+=", {"-="}},      {"-=", {"+="}},
            {"|=", {"&="}},      {"&=", {"|="}},     {"<<=", {">>="}},    {">>=", {"<<="}}};
        if (is(i, "!") || is(i, "~")) {
            replace(i, "");
        } else if (is(i, "++") || is(i, "--")) {
            replace(i, is(i, "++") ? "--" : "++");
        } else if (t_[i].what == kind::other && binary(i)) {
            auto found = others.find(t_[i].text);
            if (found != others.end())
                for (const char *other : found->second)
                    replace(i, other);
        }
    }

    /* The first token of the name, member or number that ends at token i. */
    std::optional<std::size_t> operand_ending(std::size_t i) const
    {
        if (t_[i].what == kind::number)
            return i;
        if (!plain_word(i))
            return std::nullopt;
        while (i >= 2 && (is(i - 1, ".") || is(i - 1, "->"))) {
            if (!plain_word(i - 2))
                return std::nullopt;
            i -= 2;
        }
        return i;
    }

    /* The last token of the name, member or number that begins at token i. */
    std::optional<std::size_t> operand_beginning(std::size_t i) const
    {
        if (t_[i].what == kind::number)
            return i;
        if (!plain_word(i))
            return std::nullopt;
        while ((is(i + 1, ".") || is(i + 1, "->")) && plain_word(i + 2))
            i += 2;
        if (is(i + 1, "(") || is(i + 1, "[") || is(i + 1, "++") || is(i + 1, "--"))
            return std::nullopt;
        return i;
    }

    void swap(std::size_t a, std::size_t a_last, std::size_t b, std::size_t b_last,
              const std::string &what)
    {
        std::string between = source_.substr(t_[a_last].end, t_[b].begin - t_[a_last].end);
        if (text(a, a_last) != text(b, b_last))
            add(a, b_last, text(b, b_last) + between + text(a, a_last), what);
    }

    void swap_operands(std::size_t i)
    {
        static const std::set<std::string> ordered = {"-", "/", "%",  "<<", ">>",
                                                      "<", ">", "<=", ">="};
        if (ordered.count(t_[i].text) == 0 || !binary(i))
            return;
        auto left = operand_ending(i - 1);
        auto right = operand_beginning(i + 1);
        if (left && right)
            swap(*left, i - 1, i + 1, *right, "swap operands of " + t_[i].text);
    }

    void condition(std::size_t i)
    {
        if ((!is(i, "if") && !is(i, "while")) || !is(i + 1, "("))
            return;
        std::size_t last = partner_[i + 1] - 1;
        add(i + 2, last, "!(" + text(i + 2, last) + ")", "negate condition");
    }

    /* The token before the first one at this depth that ends an operand of ?: */
    std::size_t branch_end(std::size_t i, const char *closer) const
    {
        for (;; i++) {
            if (is(i, "(") || is(i, "[") || is(i, "{")) {
                i = partner_[i];
                continue;
            }
            if (is(i, closer) || is(i, ";") || is(i, ",") || is(i, ")") || is(i, "]") ||
                is(i, "}") || is(i, "?") || t_[i].what == kind::end)
                return i - 1;
        }
    }

    void swap_branches(std::size_t i)
    {
        if (!is(i, "?"))
            return;
        std::size_t first = branch_end(i + 1, ":");
        if (!is(first + 1, ":"))
            return;
        std::size_t second = branch_end(first + 2, ":");
        if (!is(second + 1, "?"))
            swap(i + 1, first, first + 2, second, "swap branches of ?:");
    }

    void swap_arguments(std::size_t i)
    {
        if (!plain_word(i) || !is(i + 1, "("))
            return;
        for (std::size_t a = i + 2; a < partner_[i + 1];) {
            auto a_last = operand_beginning(a);
            if (!a_last || !is(*a_last + 1, ","))
                return;
            auto b_last = operand_beginning(*a_last + 2);
            if (!b_last || (!is(*b_last + 1, ",") && !is(*b_last + 1, ")")))
                return;
            swap(a, *a_last, *a_last + 2, *b_last, "swap arguments of " + t_[i].text);
            a = *a_last + 2;
        }
    }

    bool starts_statement(std::size_t i) const
    {
        if (i == 0)
            return false;
        if (is(i - 1, ")")) {
            std::size_t open = partner_[i - 1];
            return open > 0 && (is(open - 1, "if") || is(open - 1, "for") || is(open - 1, "while"));
        }
        return is(i - 1, ";") || is(i - 1, "{") || is(i - 1, "}") || is(i - 1, ":") ||
               is(i - 1, "else") || is(i - 1, "do");
    }

    void statement(std::size_t i)
    {
        static const std::set<std::string> after_name = {
            "(", ".", "->", "[", "=", "+=", "-=", "|=", "&=", "++", "--", "^="};
        bool jump = (is(i, "break") || is(i, "continue") || is(i, "return")) && is(i + 1, ";");
        bool named = plain_word(i) && after_name.count(t_[i + 1].text) != 0;
        bool changing = is(i, "*") || is(i, "++") || is(i, "--");
        if (!starts_statement(i) || !(jump || named || changing))
            return;
        std::size_t last = i;
        while (!is(last, ";")) {
            if (is(last, "(") || is(last, "[") || is(last, "{"))
                last = partner_[last];
            else if (is(last, ")") || is(last, "}") || t_[last].what == kind::end)
                return; /* a part of for (...), or no statement at all */
            last++;
        }
        add(i, last, ";", "drop statement");
    }

    const std::string file_;
    const std::string &source_;
    std::vector<token> t_;
    std::vector<std::size_t> partner_;
    std::vector<site> found_;
};

} // namespace

std::vector<site> find_sites(const std::string &file, const std::string &source, bool tables_only)
{
    return finder(file, source).all(tables_only);
}

} // namespace mutants
