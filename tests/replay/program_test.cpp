// SPDX-License-Identifier: MIT
// itsim-replay as a program: exit codes, messages, files it writes, options.
#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace {

namespace fs = std::filesystem;

// A driver's first steps on two redistributors: device 5, events 0 and 1 as LPIs 8192 at redistributor 0
// and 8193 at 1. Event 2 is not mapped; event 3 is LPI 8195 of a collection that is not mapped.
const char boot[] =
    R"({"op":"begin","version":1,"name":"small","profile":"flat","redistributors":2,"devid_bits":16,"eventid_bits":16,"collection_bits":16,"intid_bits":16,"ram":[{"base":"0x40000000","size":"0x10000000"}]}
{"op":"write","frame":"GICD","offset":0,"size":4,"value":"0x13"}
{"op":"write","frame":"GITS","offset":"0x100","size":8,"value":"0x8000000041000000"}
{"op":"write","frame":"GITS","offset":"0x108","size":8,"value":"0x8000000042000000"}
{"op":"write","frame":"GITS","offset":"0x80","size":8,"value":"0x8000000040000000"}
{"op":"fill","addr":"0x43000000","length":"0x10000","byte":161}
{"op":"write","frame":"GICR0","offset":"0x70","size":8,"value":"0x4300000f"}
{"op":"write","frame":"GICR0","offset":"0x78","size":8,"value":"0x4000000044000000"}
{"op":"write","frame":"GICR0","offset":"0x14","size":4,"value":0}
{"op":"write","frame":"GICR0","offset":"0x0","size":4,"value":1}
{"op":"write","frame":"GICR1","offset":"0x70","size":8,"value":"0x4300000f"}
{"op":"write","frame":"GICR1","offset":"0x78","size":8,"value":"0x4000000044010000"}
{"op":"write","frame":"GICR1","offset":"0x14","size":4,"value":0}
{"op":"write","frame":"GICR1","offset":"0x0","size":4,"value":1}
{"op":"write","frame":"GITS","offset":0,"size":4,"value":1}
{"op":"poke","addr":"0x40000000","words":[9,0,"0x8000000000000000",0, 9,0,"0x8000000000010001",0]}
{"op":"poke","addr":"0x40000040","words":["0x500000008",4,"0x8000000045000000",0, "0x50000000a","0x200000000000",0,0]}
{"op":"poke","addr":"0x40000080","words":["0x50000000a","0x200100000001",1,0, "0x50000000a","0x200300000003",7,0]}
{"op":"poke","addr":"0x400000c0","words":[5,0,0,0, 5,0,"0x10000",0]}
{"op":"write","frame":"GITS","offset":"0x88","size":4,"value":"0x100"}
{"op":"read","frame":"GITS","offset":"0x90","size":4,"value":"0x100","poll":1}
)";
constexpr unsigned boot_lines = 21;

struct result {
    int code = -1;
    std::string out; // standard output and standard error
};

class Program : public testing::Test {
protected:
    void SetUp() override
    {
        dir_ = fs::temp_directory_path() / ("itsim-replay-test-" + std::to_string(getpid()));
        fs::create_directories(dir_);
    }
    void TearDown() override { fs::remove_all(dir_); }

    std::string path(const std::string &name) const { return (dir_ / name).string(); }

    // A file with these lines after the boot, and the end.
    std::string trace(const std::string &lines, const std::string &name = "t.jsonl")
    {
        std::ofstream(path(name)) << boot << lines << "\n{\"op\":\"end\"}\n";
        return path(name);
    }
    static std::string tree(const std::string &name)
    {
        return std::string(ITSIM_SOURCE_DIR "/tests/traces/") + name + ".jsonl";
    }
    static result run(const std::string &arguments)
    {
        return shell(ITSIM_REPLAY " " + arguments + " 2>&1");
    }
    static result shell(const std::string &command)
    {
        result r;
        FILE *pipe = popen(command.c_str(), "r");
        std::array<char, 4096> text;
        for (size_t n; (n = fread(text.data(), 1, text.size(), pipe)) > 0;)
            r.out.append(text.data(), n);
        int status = pclose(pipe);
        r.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        return r;
    }
    static std::string content(const std::string &file)
    {
        std::ifstream in(file);
        std::ostringstream all;
        all << in.rdbuf();
        return all.str();
    }
    // The trace with this one line more fails in it, and says all of `parts`.
    void fails(const std::string &line, const std::vector<std::string> &parts,
               const std::string &options = "")
    {
        std::string file = trace(line);
        result r = run(file + " " + options);
        EXPECT_EQ(r.code, 1) << r.out;
        std::string place =
            file + ":" +
            std::to_string(boot_lines + 1 + std::count(line.begin(), line.end(), '\n'));
        EXPECT_NE(r.out.find(place + ": "), std::string::npos) << place << "\n" << r.out;
        for (const std::string &part : parts)
            EXPECT_NE(r.out.find(part), std::string::npos) << part << "\n" << r.out;
        EXPECT_NE(r.out.find("small: FAILED"), std::string::npos) << r.out;
    }
    void passes(const std::string &lines, const std::string &options = "")
    {
        for (const char *face : {"timed", "cycle", "fast"}) {
            result r = run(trace(lines) + " " + options + " --face " + face);
            EXPECT_EQ(r.code, 0) << face << "\n" << r.out;
        }
    }

    fs::path dir_;
};

TEST_F(Program, PlaysATraceInEveryFace)
{
    passes(R"({"op":"msi","device":5,"event":0,"lpi":[0,8192]}
{"op":"msi","device":5,"event":1,"lpi":[1,8193]}
{"op":"msi","device":5,"event":1,"lpi":[1,8193]}
{"op":"msi","device":5,"event":2,"lpi":null}
{"op":"msi","device":5,"event":3,"lpi":null}
{"op":"msi","device":6,"event":0,"lpi":null}
{"op":"pending","redistributor":0,"intids":[8192]}
{"op":"pending","redistributor":1,"intids":[8193]}
{"op":"ack","redistributor":0,"intid":8192}
{"op":"pending","redistributor":0,"intids":[]}
{"op":"msi","device":5,"event":0}
{"op":"settle"}
{"op":"ack","redistributor":0,"intid":8192}
{"op":"run","cycles":1000}
{"op":"peek","addr":"0x40000000","words":[9],"mask":["0xff"]}
{"op":"write","frame":"GITS","offset":0,"size":4,"value":0}
{"op":"read","frame":"GITS","offset":0,"size":4,"value":"0x80000000","poll":1}
{"op":"quiet","on":1}
{"op":"msi","device":5,"event":0,"lpi":null}
{"op":"quiet","on":0}
{"op":"resetn","cycles":4}
{"op":"read","frame":"GITS","offset":"0x80","size":8,"value":0})");
}

TEST_F(Program, AFailedReadSaysWhatWasExpectedAndSeen)
{
    fails(R"({"op":"read","frame":"GITS","offset":"0x88","size":4,"value":"0x123","mask":"0xfff"})",
          {"GITS offset 0x88 must be 0x123 where the mask 0xfff is 1, is 0x100"});
    fails(R"({"op":"read","frame":"GICR1","offset":"0x10078","size":4,"value":1,"poll":1})",
          {"GICR1 offset 0x10078", "must be 0x1", "cycles of polling"}, "--timeout 500");
}

TEST_F(Program, AnInterruptThatDoesNotArriveSaysWhy)
{
    fails(R"({"op":"msi","device":5,"event":2,"lpi":[0,8194]})",
          {"msi from device 0x5 event 0x2: LPI 8194 at redistributor 0 must be pending, is not",
           "lost here:", "MSI_DROP", "EVENT_UNMAPPED"});
    fails(R"({"op":"msi","device":6,"event":0,"lpi":[0,8194]})", {"MSI_DROP", "DEVICE_UNMAPPED"});
    fails(R"({"op":"write","frame":"GICR1","offset":0,"size":4,"value":0}
{"op":"settle"}
{"op":"msi","device":5,"event":1,"lpi":[1,8193]})",
          {"LPI 8193 at redistributor 1 must be pending", "LPI_DROP", "intid=8193"});
}

TEST_F(Program, AnInterruptThatMustNotComeIsNamed)
{
    fails(R"({"op":"msi","device":5,"event":1,"lpi":null})",
          {"LPI 8193 at redistributor 1 became pending, no LPI may change"});
    fails(
        R"({"op":"msi","device":5,"event":1,"lpi":[1,8194]})",
        {"LPI 8194 at redistributor 1 must be pending, is not; became pending instead: LPI 8193 at "
         "redistributor 1"});
}

TEST_F(Program, AFailureOnAnotherPresetThanTheRecordersSaysSoOnce)
{
    std::string wrong = trace(R"({"op":"ack","redistributor":0,"intid":8192})");
    std::string hint = wrong + ": the trace was recorded on preset flat and played on kvm";
    result r = run(wrong + " --preset kvm");
    EXPECT_EQ(r.code, 1);
    size_t at = r.out.find(hint);
    ASSERT_NE(at, std::string::npos) << r.out;
    EXPECT_EQ(r.out.find(hint, at + 1), std::string::npos) << r.out;
    EXPECT_EQ(run(wrong + " --preset flat").out.find("recorded on"), std::string::npos);
    EXPECT_EQ(run(trace("{\"op\":\"settle\"}") + " --preset gic600").out.find("recorded on"),
              std::string::npos);
}

TEST_F(Program, APendingSetThatDiffersIsShown)
{
    fails(R"({"op":"msi","device":5,"event":0}
{"op":"pending","redistributor":0,"intids":[8193,9000]})",
          {"must be 8193, 9000; not pending: 8193, 9000; pending as well: 8192"});
}

TEST_F(Program, AWrongAcknowledgeSaysWhatIsDelivered)
{
    fails(R"({"op":"ack","redistributor":0,"intid":8192})",
          {"must deliver LPI 8192, has none to deliver"});
    fails(R"({"op":"msi","device":5,"event":0}
{"op":"ack","redistributor":0,"intid":8193})",
          {"must deliver LPI 8193, delivers 8192"});
}

TEST_F(Program, MemoryThatHoldsSomethingElseIsShown)
{
    fails(R"({"op":"peek","addr":"0x40000001","bytes":"000001","mask":"ff00ff"})",
          {"memory at 0x40000003 must hold 01, holds 00"});
}

TEST_F(Program, AnAccessWhileQuietFails)
{
    fails(R"({"op":"poke","addr":"0x40000100","words":[5,0,0,0]}
{"op":"quiet","on":1}
{"op":"write","frame":"GITS","offset":"0x88","size":4,"value":"0x120"}
{"op":"settle"})",
          {"quiet: the ITS must not access memory, but it read 32 bytes at 0x40000100"});
}

TEST_F(Program, ABusErrorIsSeenByTheModel)
{
    passes(R"({"op":"bus","window":{"base":"0x40000100","size":"0x20"},"access":"fault"}
{"op":"poke","addr":"0x40000100","words":[3,0,0,0]}
{"op":"write","frame":"GITS","offset":"0x88","size":4,"value":"0x120"}
{"op":"settle"}
{"op":"stats","memory_faults_queue":1,"command_faults":{"max":1}}
{"op":"bus","window":{"base":"0x40000000","size":"0x1000"},"access":"ok"}
{"op":"poke","addr":"0x40000120","words":["0x500000003",1,0,0]}
{"op":"write","frame":"GITS","offset":"0x88","size":4,"value":"0x141"}
{"op":"pending","redistributor":1,"intids":[8193]})");
}

TEST_F(Program, StatsAreItsCounters)
{
    passes(
        R"({"op":"stats","commands_mapti":3,"commands_sync":{"min":1,"max":2},"errors_010801":0})");
    fails(R"({"op":"stats","commands_mapti":{"min":4}})",
          {"commands_mapti must be at least 4, is 3"});
    fails(R"({"op":"stats","commands_mapti":2})", {"commands_mapti must be at most 2, is 3"});
    fails(R"({"op":"stats","no_such_counter":0})", {"no counter is called \"no_such_counter\""});
}

TEST_F(Program, WhatNeverEndsTimesOut)
{
    fails(R"({"op":"write","frame":"GITS","offset":0,"size":4,"value":0}
{"op":"settle"})",
          {"still work to do after 300 cycles"}, "--timeout 300 --set quiescent_min=100000");
}

TEST_F(Program, NothingIsPlayedFromAnInvalidFile)
{
    std::string bad = path("bad.jsonl");
    std::ofstream(bad) << boot << "{\"op\":\"settle\",\"x\":1}\n{\"op\":\"end\"}\n";
    std::string events = path("events");
    result r = run(bad + " --trace " + events);
    EXPECT_EQ(r.code, 2);
    EXPECT_EQ(r.out, bad + ":" + std::to_string(boot_lines + 1) + ": settle: unknown key \"x\"\n");
    EXPECT_EQ(content(events), "");
    std::ofstream(bad) << boot; // cut short
    EXPECT_EQ(run(bad).code, 2);
    EXPECT_EQ(run(path("none.jsonl")).code, 2);
}

TEST_F(Program, TheWorstOfSeveralTracesIsTheExitCode)
{
    std::string good = trace("{\"op\":\"settle\"}", "good.jsonl");
    std::string fails = trace("{\"op\":\"ack\",\"redistributor\":0,\"intid\":8192}", "fails.jsonl");
    std::string bad = path("bad.jsonl");
    std::ofstream(bad) << "x\n";
    EXPECT_EQ(run(good + " " + good).code, 0);
    result r = run(fails + " " + good);
    EXPECT_EQ(r.code, 1);
    EXPECT_NE(r.out.find("small: passed"), std::string::npos) << r.out;
    r = run(good + " " + bad + " " + fails);
    EXPECT_EQ(r.code, 2);
    EXPECT_NE(r.out.find("small: FAILED"), std::string::npos) << r.out;
}

TEST_F(Program, OptionsThatMakeNoSenseAreRefused)
{
    std::string t = trace("{\"op\":\"settle\"}");
    for (const char *options : {"--preset kvm7",
                                "--face slow",
                                "--set devid_bits",
                                "--set =1",
                                "--set no_such=1",
                                "--set devid_bits=99",
                                "--set devid_bits=x",
                                "--set event_cache_sets=3",
                                "--set redistributors=1",
                                "--memory-latency -1",
                                "--memory-latency x",
                                "--timeout 0",
                                "--drop-clean-lines 0",
                                "--reset-at 0",
                                "--no-such-option",
                                "--trace /nonexistent/file",
                                "--perturb 4 --set perturb=3",
                                "--set perturb=4 --perturb 4",
                                "--trace same --json same",
                                "--json - --waves -"}) {
        result r = run(t + " " + options);
        EXPECT_EQ(r.code, 2) << options << "\n" << r.out;
        EXPECT_FALSE(r.out.empty()) << options;
    }
    EXPECT_EQ(run("").code, 2);
    EXPECT_EQ(run(t + " " + t + " --waves " + path("w.vcd")).code, 2);
    EXPECT_EQ(run("--help").code, 0);
    EXPECT_NE(run("--list-fields").out.find("event_cache_ways"), std::string::npos);
}

TEST_F(Program, NothingThatIsReadIsWrittenAndNothingTwice)
{
    std::string t = trace("{\"op\":\"settle\"}");
    std::string before = content(t);
    fs::create_symlink(t, path("other"));
    for (const std::string &files : {"--trace " + t, "--waves " + path("other"),
                                     "--json " + path("x") + " --trace " + path("./x"),
                                     std::string("--json /dev/stdout --trace -")}) {
        result r = run(t + " " + files);
        EXPECT_EQ(r.code, 2) << files;
        EXPECT_NE(r.out.find("is the same file"), std::string::npos) << r.out;
    }
    EXPECT_EQ(content(t), before);
    EXPECT_FALSE(fs::exists(path("x")));
}

TEST_F(Program, AFileThatCannotBeWrittenIsFoundBeforeAnythingIsPlayed)
{
    std::string t = trace("{\"op\":\"settle\"}");
    for (const char *option : {"--json ", "--trace ", "--waves "}) {
        result r = run(t + " " + option + path("none/file"));
        EXPECT_EQ(r.code, 2);
        EXPECT_EQ(r.out, path("none/file") + ": cannot be written\n");
        if (fs::exists("/dev/full")) {
            r = run(t + " " + option + "/dev/full");
            EXPECT_EQ(r.code, 2);
            EXPECT_NE(r.out.find("/dev/full: cannot be written to the end"), std::string::npos)
                << option << r.out;
        }
    }
}

TEST_F(Program, ADashIsStandardOutputWhichThenHasNothingElse)
{
    std::string t = trace("{\"op\":\"msi\",\"device\":5,\"event\":0,\"lpi\":[0,8192]}");
    std::string replay = ITSIM_REPLAY " ", quiet = " 2>" + path("errors");
    result json = shell(replay + t + " " + t + " --json -" + quiet);
    EXPECT_EQ(json.code, 0);
    EXPECT_EQ(nlohmann::json::parse(json.out)["runs"].size(), 2u);
    EXPECT_NE(content(path("errors")).find("small: passed"), std::string::npos);
    for (const char *option : {" --trace ", " --waves "}) {
        EXPECT_EQ(run(t + option + path("file")).code, 0);
        EXPECT_TRUE(shell(replay + t + option + "-" + quiet).out == content(path("file")))
            << option;
        EXPECT_GT(content(path("file")).size(), 100u);
    }
    EXPECT_FALSE(fs::exists("-"));
    // Two traces in one file, one after the other.
    std::string once = shell(replay + t + " --trace -" + quiet).out;
    EXPECT_TRUE(shell(replay + t + " " + t + " --trace -" + quiet).out == once + once);
}

TEST_F(Program, AnUnknownProfileNeedsAPreset)
{
    std::string text = boot;
    text.replace(text.find("flat"), 4, "else");
    std::string file = path("else.jsonl");
    std::ofstream(file) << text << "{\"op\":\"end\"}\n";
    result r = run(file);
    EXPECT_EQ(r.code, 2);
    EXPECT_NE(r.out.find("no preset is called \"else\""), std::string::npos) << r.out;
    EXPECT_EQ(run(file + " --preset flat").code, 0);
}

TEST_F(Program, MsisGoTheWayTheProfileHas)
{
    const char lines[] = R"({"op":"msi","device":5,"event":0,"lpi":[0,8192]}
{"op":"msi","device":"0x10005","event":1,"lpi":null}
{"op":"write","frame":"GITS_TRANSLATION","offset":"0x40","size":4,"value":0}
{"op":"pending","redistributor":0,"intids":[8192]})";
    passes(lines);
    passes(lines, "--set device_window=1");
    passes(lines, "--set bus_bytes=8 --set msi64=1");
}

TEST_F(Program, WritesCountersAndHistogramsAsJson)
{
    std::string file = path("out.json");
    std::string good = trace("{\"op\":\"msi\",\"device\":5,\"event\":0,\"lpi\":[0,8192]}");
    std::string bad = trace("{\"op\":\"ack\",\"redistributor\":0,\"intid\":8192}", "f.jsonl");
    EXPECT_EQ(run(good + " " + bad + " --json " + file).code, 1);
    auto j = nlohmann::json::parse(content(file));
    ASSERT_EQ(j["runs"].size(), 2u);
    EXPECT_TRUE(j["runs"][0]["passed"]);
    EXPECT_EQ(j["runs"][0]["counters"]["msis_pending"], 1);
    EXPECT_EQ(j["runs"][0]["latency"]["total"]["count"], 1);
    EXPECT_FALSE(j["runs"][1]["passed"]);
    EXPECT_NE(std::string(j["runs"][1]["message"]).find("must deliver LPI 8192"),
              std::string::npos);
}

TEST_F(Program, CycleAndTimedWriteTheSameEventsAndWavesCloseWell)
{
    std::string t = tree("qemu-errors-001");
    for (const char *face : {"cycle", "timed"})
        EXPECT_EQ(run(t + " --trace " + path(face) + " --face " + face).code, 0);
    EXPECT_GT(content(path("cycle")).size(), 10000u);
    EXPECT_TRUE(content(path("cycle")) == content(path("timed")));
    EXPECT_EQ(run(trace("{\"op\":\"settle\"}") + " --waves " + path("w.vcd")).code, 0);
    EXPECT_NE(content(path("w.vcd")).find("$enddefinitions"), std::string::npos);
}

TEST_F(Program, APerturbedRunDependsOnTheSeedOnlyAndIsTheSameInCycleAndTimed)
{
    std::string t = tree("linux-6.1-boot-4cpu") + " --preset gic600 --json " + path("j");
    auto events = [&](const std::string &options) {
        EXPECT_EQ(run(t + " --trace " + path("e") + " " + options).code, 0) << options;
        return content(path("e"));
    };
    std::string none = events(""), seven = events("--perturb 7"), eight = events("--perturb 8");
    EXPECT_EQ(nlohmann::json::parse(content(path("j")))["runs"][0]["perturb"], 8);
    EXPECT_TRUE(none == events("--perturb 0"));
    EXPECT_EQ(nlohmann::json::parse(content(path("j")))["runs"][0]["perturb"], 0);
    EXPECT_TRUE(none != seven && none != eight && seven != eight);
    EXPECT_TRUE(seven == events("--perturb 7"));
    EXPECT_TRUE(seven == events("--set perturb=7"));
    EXPECT_TRUE(seven == events("--perturb 7 --face cycle"));
    EXPECT_EQ(nlohmann::json::parse(content(path("j")))["runs"][0]["perturb"], 7);
    EXPECT_TRUE(events("--perturb 7 --face fast") != events("--perturb 8 --face fast"));
    EXPECT_EQ(run(t + " --perturb -1").code, 2);
    EXPECT_EQ(run(t + " --perturb 4294967296").code, 2);
}

TEST_F(Program, DroppedLinesDependOnTheSeedOnly)
{
    std::string t = tree("qemu-clean-001") +
                    " --preset flat --set event_cache_policy=2 --set device_cache_policy=1";
    auto events = [&](const std::string &options) {
        EXPECT_EQ(run(t + " --trace " + path("e") + " " + options).code, 0);
        return content(path("e"));
    };
    std::string none = events("");
    std::string first = events("--drop-clean-lines 3 --seed 7");
    EXPECT_TRUE(first == events("--drop-clean-lines 3 --seed 7"));
    EXPECT_TRUE(first != events("--drop-clean-lines 3 --seed 8"));
    EXPECT_EQ(none.find("DROP_CLEAN"), std::string::npos);
    EXPECT_NE(first.find("DROP_CLEAN"), std::string::npos);
}

TEST_F(Program, ResetAtPullsResetnAndSeesThatNothingIsWritten)
{
    std::string t = tree("linux-6.1-boot-4cpu") + " --preset gic500 --reset-at ";
    for (const char *face : {"timed", "cycle"}) {
        result r = run(t + "15000 --face " + face);
        EXPECT_EQ(r.code, 0) << r.out;
        EXPECT_NE(r.out.find("resetn pulled at cycle 15000, in line "), std::string::npos) << r.out;
    }
    result r = run(t + "5000 --face fast");
    EXPECT_EQ(r.code, 0) << r.out;
    EXPECT_NE(r.out.find("resetn pulled at cycle 5000"), std::string::npos) << r.out;
    // What was asked for has not been seen.
    r = run(t + "100000000");
    EXPECT_EQ(r.code, 1) << r.out;
    EXPECT_NE(r.out.find("the trace ended at cycle "), std::string::npos) << r.out;
    EXPECT_NE(r.out.find(", before that of --reset-at"), std::string::npos) << r.out;
}

TEST_F(Program, ShowsNoProgressBarToAPipe)
{
    result r = run(tree("qemu-regs-001"));
    EXPECT_EQ(r.code, 0);
    EXPECT_EQ(r.out.find('\r'), std::string::npos);
    EXPECT_EQ(run(tree("qemu-regs-001") + " --quiet").out, "");
}

} // namespace
