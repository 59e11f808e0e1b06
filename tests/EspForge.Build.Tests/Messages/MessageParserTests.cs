using FsCheck;
using FsCheck.Fluent;

namespace EspForge.Build.Tests.Messages;

public class MessageParserTests
{
    public static TheoryData<string, string?, int?, int?, BuildSeverity, string> Samples => new()
    {
        { "main.c:3:5: error: expected ';' before '}' token", "main.c", 3, 5, BuildSeverity.Error, "expected ';' before '}' token" },
        { "src/led.c:10:12: warning: unused variable 'x' [-Wunused-variable]", "src/led.c", 10, 12, BuildSeverity.Warning, "unused variable 'x' [-Wunused-variable]" },
        { "main.c:1:10: fatal error: missing.h: No such file or directory", "main.c", 1, 10, BuildSeverity.Error, "missing.h: No such file or directory" },
        { "main.c:7:3: note: each undeclared identifier is reported only once", "main.c", 7, 3, BuildSeverity.Note, "each undeclared identifier is reported only once" },
        { "main.c:7: warning: old style", "main.c", 7, null, BuildSeverity.Warning, "old style" },
        { "main.c:1:2: error: #error \"a: b\"", "main.c", 1, 2, BuildSeverity.Error, "#error \"a: b\"" },
        { "firmware/agent/include/espforge/app.h:20:1: note: declared here", "firmware/agent/include/espforge/app.h", 20, 1, BuildSeverity.Note, "declared here" },
        { "project/main.c:3:5: error: x", "main.c", 3, 5, BuildSeverity.Error, "x" },
        { "main.c:2147483648:5: error: a line beyond all lines", null, null, null, BuildSeverity.Error, "" },
        { "main.c:(.text+0x5): undefined reference to `missing'", null, null, null, BuildSeverity.Error, "undefined reference to `missing'" },
        { "/usr/bin/ld: CMakeFiles/app.dir/project/src/a.c.o:(.bss+0x0): multiple definition of `x'; CMakeFiles/app.dir/project/b.c.o:(.bss+0x0): first defined here", "src/a.c", null, null, BuildSeverity.Error, "multiple definition of `x'; b.c: first defined here" },
        { "/usr/bin/ld: kit/libespforge.a(ef_main.c.o):(.text.start+0x17c): undefined reference to `ef_app_setup'", null, null, null, BuildSeverity.Error, "undefined reference to `ef_app_setup'" },
        { "/usr/bin/ld: cannot find -lnosuch: No such file or directory", null, null, null, BuildSeverity.Error, "ld: cannot find -lnosuch: No such file or directory" },
        { "/opt/bin/../lib/gcc/xtensa-esp-elf/bin/ld: region `dram0_0_seg' overflowed by 99000 bytes", null, null, null, BuildSeverity.Error, "ld: region `dram0_0_seg' overflowed by 99000 bytes" },
        { "/usr/bin/ld: a.elf section `.dram0.bss' will not fit in region `dram0_0_seg'", null, null, null, BuildSeverity.Error, "ld: a.elf section `.dram0.bss' will not fit in region `dram0_0_seg'" },
        { "Error: The program size (3345 bytes) is greater than maximum allowed (2000 bytes)", null, null, null, BuildSeverity.Error, "The program size (3345 bytes) is greater than maximum allowed (2000 bytes)" },
        { "Warning! The data size (23064 bytes) is greater than maximum allowed (10000 bytes)", null, null, null, BuildSeverity.Warning, "The data size (23064 bytes) is greater than maximum allowed (10000 bytes)" },
        { "Error: app partition is too small for binary lamp.bin size 0x1a2b30:", null, null, null, BuildSeverity.Error, "app partition is too small for binary lamp.bin size 0x1a2b30" },
        { "Error: All app partitions are too small for binary lamp.bin size 0x1a2b30:", null, null, null, BuildSeverity.Error, "All app partitions are too small for binary lamp.bin size 0x1a2b30" },
        { "Warning: 1/2 app partitions are too small for binary lamp.bin size 0x1a2b30:", null, null, null, BuildSeverity.Warning, "1/2 app partitions are too small for binary lamp.bin size 0x1a2b30" },
        { "Warning: The smallest app partition is nearly full (3% free space left)!", null, null, null, BuildSeverity.Warning, "The smallest app partition is nearly full (3% free space left)" },
        { "Error: Bootloader binary size 0x8100 bytes is too large for partition table offset 0x8000. Bootloader", null, null, null, BuildSeverity.Error, "Bootloader binary size 0x8100 bytes is too large for partition table offset 0x8000" },
        { "Warning: something else that a script prints", null, null, null, BuildSeverity.Note, "" },
        { "ld.lld: error: undefined symbol: missing", null, null, null, BuildSeverity.Error, "ld.lld: undefined symbol: missing" },
        { "collect2: error: ld returned 1 exit status", null, null, null, BuildSeverity.Error, "collect2: ld returned 1 exit status" },
        { "clang: error: linker command failed with exit code 1 (use -v to see invocation)", null, null, null, BuildSeverity.Error, "clang: linker command failed with exit code 1 (use -v to see invocation)" },
        { "gcc: fatal error: Killed signal terminated program cc1", null, null, null, BuildSeverity.Error, "gcc: Killed signal terminated program cc1" },
        { "kit/ef_mkimage: build/app.elf: cannot be read", null, null, null, BuildSeverity.Error, "ef_mkimage: build/app.elf: cannot be read" },
        { "CMake Error: Could not create named generator Nonsense", null, null, null, BuildSeverity.Error, "Could not create named generator Nonsense" },
    };

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_line_becomes_a_message(string line, string? file, int? at, int? column, BuildSeverity severity, string text)
    {
        var message = Parse(line).SingleOrDefault();
        if (text.Length == 0)
        {
            Assert.Null(message?.Line);
            return;
        }

        Assert.Equal(new BuildMessage(file, at, column, severity, text), message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[1/2] Building C object CMakeFiles/app.dir/project/main.c.o")]
    [InlineData("    3 |     int x")]
    [InlineData("      |          ^")]
    [InlineData("In file included from main.c:1:")]
    [InlineData("main.c: In function 'ef_app_setup':")]
    [InlineData("FAILED: CMakeFiles/app.dir/project/main.c.o ")]
    [InlineData("ninja: build stopped: subcommand failed.")]
    [InlineData("make[2]: *** [CMakeFiles/app.dir/build.make:76: CMakeFiles/app.dir/project/main.c.o] Error 1")]
    [InlineData("1 error generated.")]
    [InlineData(">>> referenced by main.c:3")]
    public void What_is_no_message_is_none(string line) => Assert.Empty(Parse(line));

    [Fact]
    public void A_linker_that_names_only_the_base_name_is_understood_by_the_line_before()
    {
        var messages = Parse(
            "/usr/bin/ld: CMakeFiles/app.dir/project/src/main.c.o: in function `ef_app_setup':",
            "main.c:(.text.ef_app_setup+0x5): undefined reference to `missing'",
            "/usr/bin/ld: main.c:(.text.ef_app_setup+0x9): undefined reference to `another'",
            "/usr/bin/ld: kit/libespforge.a(ef_main.c.o): in function `start':",
            "ef_main.c:(.text.start+0x17c): undefined reference to `ef_app_loop'",
            "collect2: error: ld returned 1 exit status");
        Assert.Equal(
        [
            new("src/main.c", null, null, BuildSeverity.Error, "undefined reference to `missing'"),
            new("src/main.c", null, null, BuildSeverity.Error, "undefined reference to `another'"),
            new(null, null, null, BuildSeverity.Error, "undefined reference to `ef_app_loop'"),
        ], messages);
    }

    [Fact]
    public void A_linker_warning_is_a_warning() =>
        Assert.Equal(BuildSeverity.Warning, Assert.Single(Parse("main.c:(.text+0x5): warning: the `gets' function is dangerous and should not be used.")).Severity);

    [Fact]
    public void A_CMake_error_is_read_over_its_lines()
    {
        var messages = Parse(
            "CMake Error at firmware/cmake/espforge_host.cmake:25 (message):",
            "  EspForge: libcurl was not found.  On Debian or Ubuntu: apt-get install",
            "  libcurl4-openssl-dev",
            "Call Stack (most recent call first):",
            "  CMakeLists.txt:3 (include)",
            "",
            "CMake Warning at CMakeLists.txt:1 (project):",
            "",
            "  Something odd",
            "",
            "main.c:1:1: error: after it");
        Assert.Equal(
        [
            new("firmware/cmake/espforge_host.cmake", 25, null, BuildSeverity.Error, "EspForge: libcurl was not found.  On Debian or Ubuntu: apt-get install libcurl4-openssl-dev"),
            new(null, null, null, BuildSeverity.Warning, "Something odd"),
            new("main.c", 1, 1, BuildSeverity.Error, "after it"),
        ], messages);
    }

    [Fact]
    public void The_same_message_from_two_files_that_include_a_header_is_kept_once() =>
        Assert.Single(Parse("led.h:3:1: warning: x", "led.h:3:1: warning: x"));

    [Fact]
    public void No_more_messages_are_kept_than_a_person_would_read()
    {
        var messages = Parse([.. Enumerable.Range(1, 600).Select(i => $"main.c:{i}:1: error: x")]);
        Assert.Equal(MessageParser.MaxMessages, messages.Count);
        Assert.Equal(MessageParser.MaxTextCharacters, Assert.Single(Parse("main.c:1:1: error: " + new string('x', 5000))).Text.Length);
    }

    [Fact]
    public void No_line_makes_it_throw()
    {
        var words = Gen.Elements("main.c", ":", "3", "(", ")", " ", "error", "warning", "note", "CMake Error", " at ", "/usr/bin/ld: ", ".o", "CMakeFiles/app.dir/", "in function `x'", "undefined reference to ", "  ", "\t", "\u2028", "999999999999");
        var lines = Gen.OneOf(words.ArrayOf().Select(string.Concat), ArbMap.Default.GeneratorFor<string?>().Select(text => text ?? ""));
        Prop.ForAll(Arb.From(lines.ArrayOf()), all =>
        {
            var messages = Parse(all);
            return messages.Count <= all.Length && messages.All(message => message.Line is null or > 0 && message.Text.Length <= MessageParser.MaxTextCharacters);
        }).QuickCheckThrowOnFailure();
    }

    private static IReadOnlyList<BuildMessage> Parse(params string[] lines)
    {
        var parser = new MessageParser();
        foreach (var line in lines)
            parser.Add(line);
        return parser.Messages;
    }
}
