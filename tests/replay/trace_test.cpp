// SPDX-License-Identifier: MIT
// Each rule of docs/trace-format.md that makes a file invalid, and what a valid one becomes.
#include "trace.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <sstream>

namespace {

using namespace replay;

const std::string begin_line =
    R"({"op":"begin","version":1,"name":"t","profile":"flat","redistributors":2,"devid_bits":16,)"
    R"("eventid_bits":16,"collection_bits":16,"intid_bits":16,"ram":[{"base":"0x1000","size":4096},)"
    R"({"base":"0x2000","size":"0x1000"},{"base":"0x8000","size":"0x100"}]})";

trace read_text(const std::string &text)
{
    std::istringstream in(text);
    return read_trace(in, "t.jsonl");
}

// A trace with one op between begin and end.
trace with_op(const std::string &line)
{
    return read_text(begin_line + "\n" + line + "\n{\"op\":\"end\"}\n");
}

template <class Op>
Op only(const std::string &line)
{
    trace t = with_op(line);
    return std::get<Op>(t.ops.at(0).what);
}

std::string error_of(const std::string &text)
{
    try {
        read_text(text);
    } catch (const trace_error &e) {
        return e.what();
    }
    return "accepted";
}

// Message for a trace with this op in line 2, without the place.
std::string op_error(const std::string &line)
{
    std::string what = error_of(begin_line + "\n" + line + "\n{\"op\":\"end\"}\n");
    const std::string place = "t.jsonl:2: ";
    return what.rfind(place, 0) == 0 ? what.substr(place.size()) : what;
}

// Message for a first line in which `from` is replaced by `to`.
std::string begin_error(const std::string &from, const std::string &to)
{
    std::string line = begin_line;
    size_t at = line.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    line.replace(at, from.size(), to);
    return error_of(line + "\n{\"op\":\"end\"}\n");
}

#define EXPECT_HAS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

TEST(Trace, EveryTraceOfTheTreeIsValid)
{
    unsigned count = 0;
    for (const auto &e : std::filesystem::directory_iterator(ITSIM_SOURCE_DIR "/tests/traces")) {
        if (e.path().extension() != ".jsonl")
            continue;
        trace t = read_trace(e.path().string());
        EXPECT_EQ(t.begin.name, e.path().stem().string());
        EXPECT_GT(t.ops.size(), 100u);
        count++;
    }
    EXPECT_GE(count, 7u);
}

TEST(Trace, BeginSaysWhatItWasRecordedOn)
{
    trace t = read_text(begin_line + "\n{\"op\":\"end\"}\n");
    EXPECT_EQ(t.file, "t.jsonl");
    EXPECT_EQ(t.begin.profile, "flat");
    EXPECT_EQ(t.begin.redistributors, 2u);
    EXPECT_EQ(t.begin.intid_bits, 16u);
    ASSERT_EQ(t.begin.ram.size(), 3u);
    EXPECT_EQ(t.begin.ram[0].base, 0x1000u);
    EXPECT_EQ(t.begin.ram[0].size, 4096u);
    EXPECT_FALSE(t.begin.seed);
    EXPECT_TRUE(t.ops.empty());
}

TEST(Trace, CommentsAndBlankLinesAreSkippedAndLinesStillCounted)
{
    trace t = read_text("# first\n\n" + begin_line +
                        "\r\n \t\r\n#{\"op\":\"nonsense\"}\n{\"op\":\"settle\"}\n{\"op\":\"end\"}\n"
                        "# last\n\n");
    ASSERT_EQ(t.ops.size(), 1u);
    EXPECT_EQ(t.ops[0].line, 6u);
    EXPECT_STREQ(name_of(t.ops[0]), "settle");
}

TEST(Trace, NumbersAreIntegersOrDecimalOrHexadecimalStrings)
{
    EXPECT_EQ(only<run_op>(R"({"op":"run","cycles":10})").cycles, 10u);
    EXPECT_EQ(only<run_op>(R"({"op":"run","cycles":"10"})").cycles, 10u);
    EXPECT_EQ(only<run_op>(R"({"op":"run","cycles":"0xaB"})").cycles, 0xabu);
    EXPECT_EQ(only<run_op>(R"({"op":"run","cycles":18446744073709551615})").cycles, UINT64_MAX);
    EXPECT_EQ(only<run_op>(R"({"op":"run","cycles":"0xffffffffffffffff"})").cycles, UINT64_MAX);
    for (const char *n : {"-1",
                          "1.0",
                          "1e3",
                          "true",
                          "null",
                          "[1]",
                          "18446744073709551616",
                          "-0",
                          "\"\"",
                          "\"0x\"",
                          "\"x1\"",
                          "\"1g\"",
                          "\" 1\"",
                          "\"1 \"",
                          "\"+1\"",
                          "\"-1\"",
                          "\"0X1\"",
                          "\"ff\"",
                          "\"0x1g\"",
                          "\"0x10000000000000000\"",
                          "\"18446744073709551616\""})
        EXPECT_HAS(op_error("{\"op\":\"run\",\"cycles\":" + std::string(n) + "}"),
                   "run: \"cycles\" must be a whole number");
}

TEST(Trace, FillPokeAndPeekHoldMemory)
{
    auto f = only<fill_op>(R"({"op":"fill","addr":"0x1800","length":"0x1800","byte":255})");
    EXPECT_EQ(f.addr, 0x1800u);
    EXPECT_EQ(f.length, 0x1800u);
    EXPECT_EQ(f.byte, 0xffu);
    auto p = only<poke_op>(R"({"op":"poke","addr":4096,"bytes":"00aBfF"})");
    EXPECT_EQ(p.bytes, (std::vector<uint8_t>{0x00, 0xab, 0xff}));
    p = only<poke_op>(R"({"op":"poke","addr":4096,"words":["0x0123456789abcdef",1]})");
    EXPECT_EQ(p.bytes, (std::vector<uint8_t>{0xef, 0xcd, 0xab, 0x89, 0x67, 0x45, 0x23, 0x01, 1, 0,
                                             0, 0, 0, 0, 0, 0}));
    auto k = only<peek_op>(R"({"op":"peek","addr":4096,"bytes":"1234"})");
    EXPECT_EQ(k.mask, (std::vector<uint8_t>{0xff, 0xff}));
    k = only<peek_op>(R"({"op":"peek","addr":4096,"bytes":"1234","mask":"0ff0"})");
    EXPECT_EQ(k.mask, (std::vector<uint8_t>{0x0f, 0xf0}));
    k = only<peek_op>(R"({"op":"peek","addr":4096,"words":[5],"mask":["0xff"]})");
    EXPECT_EQ(k.mask, (std::vector<uint8_t>{0xff, 0, 0, 0, 0, 0, 0, 0}));
}

TEST(Trace, WriteAndReadNameAPlace)
{
    auto w =
        only<write_op>(R"({"op":"write","frame":"GICR1","offset":"0x1fffc","size":4,"value":7})");
    EXPECT_EQ(w.at.frame, frame::gicr);
    EXPECT_EQ(w.at.redistributor, 1u);
    EXPECT_EQ(w.at.offset, 0x1fffcu);
    EXPECT_EQ(name_of(w.at), "GICR1");
    w = only<write_op>(
        R"({"op":"write","frame":"GITS_TRANSLATION","offset":64,"size":2,"value":65535})");
    EXPECT_EQ(w.at.frame, frame::translation);
    EXPECT_EQ(w.at.size, 2u);
    auto r = only<read_op>(R"({"op":"read","frame":"GITS","offset":8,"size":8})");
    EXPECT_FALSE(r.value);
    EXPECT_FALSE(r.poll);
    r = only<read_op>(
        R"({"op":"read","frame":"GICD","offset":0,"size":4,"value":3,"mask":"0xf","poll":1})");
    EXPECT_EQ(*r.value, 3u);
    EXPECT_EQ(r.mask, 0xfu);
    EXPECT_TRUE(r.poll);
    EXPECT_EQ(only<read_op>(R"({"op":"read","frame":"GITS","offset":0,"size":4,"value":3})").mask,
              0xffffffffu);
}

TEST(Trace, AnMsiExpectsAnInterruptNoneOrSaysNothing)
{
    auto m = only<msi_op>(R"({"op":"msi","device":"0x12345678","event":"0xffffffff"})");
    EXPECT_EQ(m.device, 0x12345678u);
    EXPECT_EQ(m.event, 0xffffffffu);
    EXPECT_FALSE(m.expect);
    m = only<msi_op>(R"({"op":"msi","device":0,"event":0,"lpi":null})");
    ASSERT_TRUE(m.expect);
    EXPECT_FALSE(*m.expect);
    m = only<msi_op>(R"({"op":"msi","device":0,"event":0,"lpi":[1,8192]})");
    ASSERT_TRUE(m.expect && *m.expect);
    EXPECT_EQ((*m.expect)->redistributor, 1u);
    EXPECT_EQ((*m.expect)->intid, 8192u);
}

TEST(Trace, TheOtherOpsHoldTheirNumbers)
{
    auto p = only<pending_op>(R"({"op":"pending","redistributor":1,"intids":[9000,8192,9000]})");
    EXPECT_EQ(p.redistributor, 1u);
    EXPECT_EQ(p.intids, (std::vector<uint32_t>{8192, 9000}));
    EXPECT_TRUE(
        only<pending_op>(R"({"op":"pending","redistributor":0,"intids":[]})").intids.empty());
    auto a = only<ack_op>(R"({"op":"ack","redistributor":1,"intid":"0x2001"})");
    EXPECT_EQ(a.expect.intid, 0x2001u);
    EXPECT_EQ(only<resetn_op>(R"({"op":"resetn","cycles":16})").cycles, 16u);
    auto b = only<bus_op>(R"({"op":"bus","window":{"base":"0x1000","size":8},"access":"fault"})");
    EXPECT_TRUE(b.fault);
    EXPECT_EQ(b.window.size, 8u);
    EXPECT_FALSE(
        only<bus_op>(R"({"op":"bus","window":{"base":"0x1000","size":8},"access":"ok"})").fault);
    EXPECT_TRUE(only<quiet_op>(R"({"op":"quiet","on":1})").on);
    auto s = only<stats_op>(R"({"op":"stats","a":3,"b":{"min":1},"c":{"min":1,"max":"0x10"}})");
    EXPECT_EQ(s.counters["a"].min, 3u);
    EXPECT_EQ(s.counters["a"].max, 3u);
    EXPECT_EQ(s.counters["b"].max, UINT64_MAX);
    EXPECT_EQ(s.counters["c"].max, 16u);
}

TEST(Trace, TextThatIsNotOneJsonObjectIsRefused)
{
    for (const char *line : {"x", "{", "{\"op\":\"settle\"", "{\"op\":\"settle\"} {}", "{'op':1}",
                             "{\"op\":\"settle\",}", "{\"op\":\"set\xff\"}", " # no comment"})
        EXPECT_HAS(op_error(line), "not JSON");
    EXPECT_HAS(op_error(std::string("{\"op\":\"settle\"}\0x", 17)), "not JSON");
    for (const char *line : {"[]", "3", "null", "\"settle\""})
        EXPECT_HAS(op_error(line), "must be a JSON object");
}

TEST(Trace, DeepNestingIsRefusedBeforeItCostsStack)
{
    std::string deep(1000000, '[');
    EXPECT_HAS(op_error(R"({"op":"run","cycles":)" + deep), "nested too deeply");
}

TEST(Trace, AnOpMustBeNamedAndKnown)
{
    EXPECT_HAS(op_error("{}"), "key \"op\" is missing");
    EXPECT_HAS(op_error(R"({"op":3})"), "\"op\" must be a string");
    EXPECT_HAS(op_error(R"({"op":"setle"})"), "unknown op \"setle\"");
    EXPECT_HAS(op_error(R"({"op":"Settle"})"), "unknown op");
}

TEST(Trace, AnUnknownKeyIsRefusedInEveryOp)
{
    for (const char *line :
         {R"({"op":"fill","addr":4096,"length":1,"byte":0,"x":1})",
          R"({"op":"poke","addr":4096,"bytes":"00","x":1})",
          R"({"op":"poke","addr":4096,"bytes":"00","mask":"00"})",
          R"({"op":"peek","addr":4096,"bytes":"00","x":1})",
          R"({"op":"write","frame":"GITS","offset":0,"size":4,"value":0,"poll":1})",
          R"({"op":"read","frame":"GITS","offset":0,"size":4,"vaule":0})",
          R"({"op":"msi","device":0,"event":0,"Lpi":null})", R"({"op":"run","cycles":1,"x":1})",
          R"({"op":"settle","cycles":1})",
          R"({"op":"pending","redistributor":0,"intids":[],"x":1})",
          R"({"op":"ack","redistributor":0,"intid":8192,"x":1})",
          R"({"op":"resetn","cycles":1,"x":1})",
          R"({"op":"bus","window":{"base":4096,"size":1},"access":"ok","x":1})",
          R"({"op":"bus","window":{"base":4096,"size":1,"x":1},"access":"ok"})",
          R"({"op":"quiet","on":1,"x":1})", R"({"op":"stats","a":{"min":1,"x":1}})"})
        EXPECT_HAS(op_error(line), "unknown key") << line;
    EXPECT_HAS(begin_error("\"name\"", "\"x\":1,\"name\""), "unknown key \"x\"");
    EXPECT_HAS(begin_error("4096}", "4096,\"x\":1}"), "unknown key \"x\"");
    EXPECT_HAS(error_of(begin_line + "\n{\"op\":\"end\",\"x\":1}\n"), "end: unknown key \"x\"");
}

TEST(Trace, AMisspeltKeyIsNamedAndNotTheOneItShouldBe)
{
    EXPECT_HAS(op_error(R"({"op":"write","frame":"GITS","offset":0,"size":4,"valeu":0})"),
               "write: unknown key \"valeu\"");
    EXPECT_HAS(op_error(R"({"op":"run","cycle":1})"), "run: unknown key \"cycle\"");
    EXPECT_HAS(begin_error("\"ram\"", "\"rams\""), "begin: unknown key \"rams\"");
    EXPECT_HAS(begin_error("\"version\"", "\"verson\""), "begin: unknown key \"verson\"");
    EXPECT_HAS(begin_error("\"version\":1", "\"version\":2,\"new\":1"), "\"version\" is 2");
}

TEST(Trace, AMissingKeyIsRefusedInEveryOp)
{
    for (const char *line : {R"({"op":"fill","length":1,"byte":0})",
                             R"({"op":"fill","addr":4096,"byte":0})",
                             R"({"op":"fill","addr":4096,"length":1})",
                             R"({"op":"poke","bytes":"00"})",
                             R"({"op":"peek","bytes":"00"})",
                             R"({"op":"write","offset":0,"size":4,"value":0})",
                             R"({"op":"write","frame":"GITS","size":4,"value":0})",
                             R"({"op":"write","frame":"GITS","offset":0,"value":0})",
                             R"({"op":"write","frame":"GITS","offset":0,"size":4})",
                             R"({"op":"read","offset":0,"size":4})",
                             R"({"op":"msi","event":0})",
                             R"({"op":"msi","device":0})",
                             R"({"op":"run"})",
                             R"({"op":"pending","intids":[]})",
                             R"({"op":"pending","redistributor":0})",
                             R"({"op":"ack","redistributor":0})",
                             R"({"op":"ack","intid":8192})",
                             R"({"op":"resetn"})",
                             R"({"op":"bus","access":"ok"})",
                             R"({"op":"bus","window":{"base":4096,"size":1}})",
                             R"({"op":"bus","window":{"base":4096},"access":"ok"})",
                             R"({"op":"quiet"})"})
        EXPECT_HAS(op_error(line), "is missing") << line;
    EXPECT_HAS(op_error(R"({"op":"poke","addr":4096})"), "must be given");
    EXPECT_HAS(op_error(R"({"op":"stats"})"), "no counter is named");
    for (const char *key : {"version", "name", "profile", "redistributors", "devid_bits",
                            "eventid_bits", "collection_bits", "intid_bits", "ram"})
        EXPECT_HAS(begin_error("\"" + std::string(key) + "\"", "\"note\""), "is missing") << key;
}

TEST(Trace, AKeyThatStandsTwiceIsRefused)
{
    EXPECT_HAS(op_error(R"({"op":"run","cycles":1,"cycles":1})"), "key \"cycles\" stands twice");
    EXPECT_HAS(op_error(R"({"op":"settle","op":"settle"})"), "stands twice");
    EXPECT_HAS(
        op_error(R"({"op":"bus","window":{"base":4096,"base":4096,"size":1},"access":"ok"})"),
        "stands twice");
    EXPECT_EQ(op_error(R"({"op":"stats","a":{"min":1},"b":{"min":1}})"), "accepted");
}

TEST(Trace, AValueWiderThanItsAccessIsRefused)
{
    EXPECT_HAS(
        op_error(R"({"op":"write","frame":"GITS","offset":0,"size":4,"value":"0x100000000"})"),
        "write: \"value\"");
    EXPECT_HAS(
        op_error(
            R"({"op":"write","frame":"GITS_TRANSLATION","offset":64,"size":2,"value":"0x10000"})"),
        "write: \"value\"");
    EXPECT_HAS(
        op_error(R"({"op":"read","frame":"GITS","offset":0,"size":4,"value":"0x100000000"})"),
        "read: \"value\"");
    EXPECT_HAS(op_error(R"({"op":"read","frame":"GITS","offset":0,"size":4,"value":1,)"
                        R"("mask":"0x100000000"})"),
               "read: \"mask\"");
    EXPECT_HAS(op_error(R"({"op":"fill","addr":4096,"length":1,"byte":256})"), "fill: \"byte\"");
    EXPECT_HAS(op_error(R"({"op":"msi","device":"0x100000000","event":0})"), "msi: \"device\"");
    EXPECT_HAS(op_error(R"({"op":"msi","device":0,"event":"0x100000000"})"), "msi: \"event\"");
    EXPECT_HAS(op_error(R"({"op":"poke","addr":4096,"words":["0x10000000000000000"]})"),
               "poke: \"words\"");
}

TEST(Trace, ASizeThatNoAccessHasIsRefused)
{
    for (const char *size : {"0", "1", "3", "5", "16"})
        EXPECT_HAS(
            op_error(R"({"op":"read","frame":"GITS","offset":0,"size":)" + std::string(size) + "}"),
            "read: \"size\"");
    EXPECT_HAS(op_error(R"({"op":"write","frame":"GITS","offset":0,"size":2,"value":0})"),
               "write: \"size\"");
    EXPECT_HAS(
        op_error(R"({"op":"write","frame":"GITS_TRANSLATION","offset":0,"size":2,"value":0})"),
        "write: \"size\"");
}

TEST(Trace, AFrameThatBeginDoesNotGiveIsRefused)
{
    for (const char *name : {"GICR", "GICR01", "GICRx", "GICR0x1", "GICR-1", "gits", "GITS0", ""})
        EXPECT_HAS(
            op_error(R"({"op":"read","frame":")" + std::string(name) + R"(","offset":0,"size":4})"),
            "not a frame");
    EXPECT_HAS(op_error(R"({"op":"read","frame":"GICR2","offset":0,"size":4})"),
               "gives 2 redistributors");
    EXPECT_HAS(op_error(R"({"op":"read","frame":7,"offset":0,"size":4})"), "must be a string");
}

TEST(Trace, AnOffsetOutsideItsFrameIsRefused)
{
    EXPECT_EQ(op_error(R"({"op":"read","frame":"GITS","offset":"0xfff8","size":8})"), "accepted");
    EXPECT_HAS(op_error(R"({"op":"read","frame":"GITS","offset":"0xfffc","size":8})"), "offset");
    EXPECT_HAS(op_error(R"({"op":"read","frame":"GICD","offset":"0x10000","size":4})"), "offset");
    EXPECT_HAS(op_error(R"({"op":"read","frame":"GICR0","offset":"0x20000","size":4})"), "offset");
    EXPECT_HAS(op_error(R"({"op":"read","frame":"GITS","offset":"0xffffffff","size":4})"),
               "offset");
}

TEST(Trace, ARedistributorThatBeginDoesNotGiveIsRefused)
{
    EXPECT_HAS(op_error(R"({"op":"ack","redistributor":2,"intid":8192})"), "redistributor");
    EXPECT_HAS(op_error(R"({"op":"pending","redistributor":2,"intids":[]})"), "redistributor");
    EXPECT_HAS(op_error(R"({"op":"msi","device":0,"event":0,"lpi":[2,8192]})"), "lpi");
}

TEST(Trace, AnIntidThatIsNoLpiIsRefused)
{
    EXPECT_EQ(op_error(R"({"op":"ack","redistributor":1,"intid":65535})"), "accepted");
    for (const char *intid : {"0", "1023", "8191", "65536"}) {
        std::string n = intid;
        EXPECT_HAS(op_error(R"({"op":"ack","redistributor":1,"intid":)" + n + "}"), "intid");
        EXPECT_HAS(op_error(R"({"op":"pending","redistributor":1,"intids":[8192,)" + n + "]}"),
                   "intids");
        EXPECT_HAS(op_error(R"({"op":"msi","device":0,"event":0,"lpi":[1,)" + n + "]}"), "lpi");
    }
    for (const char *lpi : {"[]", "[1]", "[1,8192,0]", "8192", "{}", "false", "[null,8192]"})
        EXPECT_HAS(op_error(R"({"op":"msi","device":0,"event":0,"lpi":)" + std::string(lpi) + "}"),
                   "lpi");
    EXPECT_HAS(op_error(R"({"op":"pending","redistributor":1,"intids":8192})"), "must be a list");
}

TEST(Trace, AnAddressOutsideTheRamIsRefused)
{
    EXPECT_EQ(op_error(R"({"op":"fill","addr":"0x1000","length":"0x2000","byte":0})"), "accepted");
    EXPECT_HAS(op_error(R"({"op":"fill","addr":"0xfff","length":2,"byte":0})"), "ram");
    EXPECT_HAS(op_error(R"({"op":"fill","addr":"0x1000","length":"0x2001","byte":0})"), "ram");
    EXPECT_HAS(op_error(R"({"op":"fill","addr":"0x1000","length":"0xffffffffffffffff","byte":0})"),
               "ram");
    EXPECT_HAS(op_error(R"({"op":"fill","addr":"0x1000","length":0,"byte":0})"), "length");
    EXPECT_HAS(op_error(R"({"op":"poke","addr":"0x80ff","bytes":"0000"})"), "ram");
    EXPECT_HAS(op_error(R"({"op":"peek","addr":"0x80f9","words":[0]})"), "ram");
    EXPECT_HAS(op_error(R"({"op":"bus","window":{"base":"0x80ff","size":2},"access":"ok"})"),
               "ram");
    EXPECT_HAS(op_error(R"({"op":"bus","window":{"base":"0x1000","size":0},"access":"ok"})"),
               "size");
    EXPECT_HAS(op_error(R"({"op":"bus","window":{"base":8,"size":"0xffffffffffffffff"},)"
                        R"("access":"ok"})"),
               "64 address bits");
}

TEST(Trace, ContentThatIsNotHexadecimalBytesOrWordsIsRefused)
{
    EXPECT_HAS(op_error(R"({"op":"poke","addr":4096,"bytes":"00","words":[0]})"), "only one");
    for (const char *bytes : {"\"\"", "\"0\"", "\"000\"", "\"0x00\"", "\"0g\"", "\" 0\""})
        EXPECT_HAS(op_error(R"({"op":"poke","addr":4096,"bytes":)" + std::string(bytes) + "}"),
                   "hexadecimal");
    EXPECT_HAS(op_error(R"({"op":"poke","addr":4096,"bytes":[0]})"), "must be a string");
    for (const char *words : {"[]", "3", "\"0x0\""})
        EXPECT_HAS(op_error(R"({"op":"peek","addr":4096,"words":)" + std::string(words) + "}"),
                   "words");
    EXPECT_HAS(op_error(R"({"op":"peek","addr":4096,"bytes":"0000","mask":"00"})"), "shape");
    EXPECT_HAS(op_error(R"({"op":"peek","addr":4096,"words":[0],"mask":"0000000000000000"})"),
               "mask");
    EXPECT_HAS(op_error(R"({"op":"peek","addr":4096,"bytes":"00","mask":[0]})"), "mask");
}

TEST(Trace, MaskAndPollNeedAValue)
{
    EXPECT_HAS(op_error(R"({"op":"read","frame":"GITS","offset":0,"size":4,"mask":1})"),
               "\"mask\" needs a \"value\"");
    EXPECT_HAS(op_error(R"({"op":"read","frame":"GITS","offset":0,"size":4,"poll":1})"),
               "\"poll\" needs a \"value\"");
    EXPECT_HAS(op_error(R"({"op":"read","frame":"GITS","offset":0,"size":4,"value":0,"poll":2})"),
               "poll");
}

TEST(Trace, NumbersThatMakeNoSenseAreRefused)
{
    EXPECT_HAS(op_error(R"({"op":"quiet","on":2})"), "on");
    EXPECT_HAS(op_error(R"({"op":"quiet","on":true})"), "on");
    EXPECT_HAS(op_error(R"({"op":"resetn","cycles":0})"), "cycles");
    EXPECT_HAS(op_error(R"({"op":"bus","window":{"base":4096,"size":1},"access":"no"})"), "access");
    EXPECT_HAS(op_error(R"({"op":"bus","window":4096,"access":"ok"})"), "window");
    EXPECT_HAS(op_error(R"({"op":"stats","a":{}})"), "min");
    EXPECT_HAS(op_error(R"({"op":"stats","a":"many"})"), "whole number");
}

TEST(Trace, ABadFirstLineIsRefused)
{
    EXPECT_HAS(begin_error("\"version\":1", "\"version\":2"), "version");
    EXPECT_HAS(begin_error("\"redistributors\":2", "\"redistributors\":0"), "redistributors");
    EXPECT_HAS(begin_error("\"devid_bits\":16", "\"devid_bits\":33"), "devid_bits");
    EXPECT_HAS(begin_error("\"eventid_bits\":16", "\"eventid_bits\":0"), "eventid_bits");
    EXPECT_HAS(begin_error("\"collection_bits\":16", "\"collection_bits\":17"), "collection_bits");
    EXPECT_HAS(begin_error("\"intid_bits\":16", "\"intid_bits\":13"), "intid_bits");
    EXPECT_HAS(begin_error("\"name\":\"t\"", "\"name\":3"), "name");
    EXPECT_HAS(begin_error("\"name\":\"t\"", "\"name\":\"t\",\"note\":3"), "note");
    EXPECT_HAS(begin_error("\"name\":\"t\"", "\"name\":\"t\",\"seed\":-3"), "seed");
    EXPECT_HAS(begin_error("4096}", "0}"), "size");
    EXPECT_HAS(begin_error("4096}", "\"0xffffffffffffffff\"}"), "64 address bits");
    EXPECT_HAS(begin_error("[{\"base\":\"0x1000\",\"size\":4096}", "[4096"),
               "must be a JSON object");
}

TEST(Trace, BeginComesFirstAndOnce)
{
    EXPECT_EQ(error_of("{\"op\":\"settle\"}\n" + begin_line + "\n{\"op\":\"end\"}\n"),
              "t.jsonl:1: the first line must be \"begin\", not \"settle\"");
    EXPECT_HAS(op_error(begin_line), "a second \"begin\"");
    EXPECT_HAS(error_of(""), "holds no trace");
    EXPECT_HAS(error_of("# nothing\n"), "holds no trace");
    EXPECT_HAS(error_of("{\"op\":\"end\"}\n"), "the first line must be \"begin\"");
}

TEST(Trace, AFileWithoutEndWasCutShort)
{
    EXPECT_EQ(error_of(begin_line + "\n{\"op\":\"settle\"}\n"),
              "t.jsonl:3: no \"end\": the file was cut short");
    EXPECT_HAS(error_of(begin_line), "cut short");
    EXPECT_HAS(error_of(begin_line + "\n{\"op\":\"settle\"}\n{\"op\":\"en"), "t.jsonl:3: not JSON");
    EXPECT_EQ(error_of(begin_line + "\n{\"op\":\"end\"}"), "accepted");
}

TEST(Trace, NothingMayStandAfterEnd)
{
    EXPECT_EQ(error_of(begin_line + "\n{\"op\":\"end\"}\n\n{\"op\":\"settle\"}\n"),
              "t.jsonl:4: something stands after \"end\"");
    EXPECT_HAS(error_of(begin_line + "\n{\"op\":\"end\"}\n{\"op\":\"end\"}\n"), "after \"end\"");
}

TEST(Trace, AFileThatCannotBeReadIsNamed)
{
    try {
        read_trace(std::string("/nonexistent/x.jsonl"));
        FAIL();
    } catch (const trace_error &e) {
        EXPECT_STREQ(e.what(), "/nonexistent/x.jsonl: cannot be opened");
    }
    EXPECT_THROW(read_trace(std::string("/")), trace_error);
}

} // namespace
