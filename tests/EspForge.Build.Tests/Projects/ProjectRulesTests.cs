using FsCheck;
using FsCheck.Fluent;

namespace EspForge.Build.Tests.Projects;

public class ProjectRulesTests
{
    private static readonly BuildOptions Limits = new();

    [Theory]
    [InlineData("main.c")]
    [InlineData("src/a/b/c/led_strip.h")]
    [InlineData(".clang-format")]
    [InlineData("a+b@2x.c")]
    [InlineData("...c")]
    public void A_plain_relative_path_is_allowed(string path) => Assert.Null(ProjectRules.CheckPath(path));

    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("../main.c")]
    [InlineData("a/../../b.c")]
    [InlineData("a/./b.c")]
    [InlineData("a//b.c")]
    [InlineData("a/")]
    [InlineData("a\\b.c")]
    [InlineData("C:/main.c")]
    [InlineData("a\nb.c")]
    [InlineData("a\0b.c")]
    [InlineData("a b.c")]
    [InlineData("-o.c")]
    [InlineData("src/-Wl.c")]
    [InlineData("a;b.c")]
    [InlineData("${HOME}.c")]
    [InlineData("$(id).c")]
    [InlineData("a\".c")]
    [InlineData("~/main.c")]
    [InlineData("ä.c")]
    public void Any_other_path_is_refused_by_name(string path)
    {
        var fault = ProjectRules.CheckPath(path);
        Assert.Equal("build-invalid", fault?.Code);
        Assert.DoesNotContain('\n', fault!.Message);
    }

    [Fact]
    public void A_path_that_passes_stays_inside_the_project()
    {
        var characters = Gen.Elements("abc./\\-_ ~$;\"\n\0:*@+".ToCharArray());
        var paths = characters.ArrayOf().Select(text => new string(text));
        Prop.ForAll(Arb.From(paths), path =>
        {
            if (ProjectRules.CheckPath(path) is not null)
                return true;
            var full = Path.GetFullPath(Path.Combine("/root/of/project", path));
            return full == "/root/of/project/" + path && path.All(c => char.IsAsciiLetterOrDigit(c) || "._-+@/".Contains(c, StringComparison.Ordinal));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void No_text_makes_the_check_throw() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string?>(), ArbMap.Default.ArbFor<string?>(), (path, name) =>
        {
            var request = Request(("main.c", 1)) with { ProjectName = name!, Files = [new ProjectFile(path!, default)] };
            return ProjectRules.Check(request, Limits)?.Code is null or "build-invalid";
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("1.0.0")]
    [InlineData("0.0.0-rc.1+build.5")]
    [InlineData("1.0.0-aaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void A_semantic_version_is_allowed(string version) => Assert.Null(ProjectRules.Check(Request(("main.c", 1)) with { Version = version }, Limits));

    [Theory]
    [InlineData("")]
    [InlineData("1.0")]
    [InlineData("v1.0.0")]
    [InlineData("01.0.0")]
    [InlineData("1.0.0-01")]
    [InlineData("1.0.0\n")]
    [InlineData("1.0.0-\"x")]
    [InlineData("1.0.0-aaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void Any_other_version_is_refused(string version) => AssertInvalid(Request(("main.c", 1)) with { Version = version }, "SemVer");

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a\"b")]
    [InlineData("a$<1:b>")]
    [InlineData("a\nb")]
    [InlineData("0123456789012345678901234567890x")]
    [InlineData("ääääääääääääääää")]
    public void A_project_name_that_does_not_fit_the_image_or_could_end_an_argument_is_refused(string name) => AssertInvalid(Request(("main.c", 1)) with { ProjectName = name }, "name");

    [Fact]
    public void A_project_name_that_is_no_unicode_text_is_refused() => AssertInvalid(Request(("main.c", 1)) with { ProjectName = "a\ud800" }, "name");

    [Theory]
    [InlineData("")]
    [InlineData("ESP32")]
    [InlineData("esp32-c3-0123456")]
    [InlineData("-x")]
    public void A_chip_that_does_not_fit_the_image_is_refused(string chip) => AssertInvalid(Request(("main.c", 1)) with { Chip = chip }, "chip");

    [Fact]
    public void A_file_larger_than_the_limit_is_named()
    {
        Assert.Null(ProjectRules.Check(Request(("main.c", 1_048_576)), Limits));
        AssertInvalid(Request(("main.c", 10), ("big.h", 1_048_577)), "'big.h'");
    }

    [Fact]
    public void A_project_larger_than_the_limit_names_the_file_that_was_too_much()
    {
        var files = Enumerable.Range(0, 9).Select(i => ($"f{i}.c", 1_000_000)).ToArray();
        AssertInvalid(Request(files), "'f8.c'");
    }

    [Fact]
    public void Two_hundred_files_are_allowed_and_one_more_is_not()
    {
        var files = Enumerable.Range(0, 200).Select(i => ($"f{i}.c", 1)).ToArray();
        Assert.Null(ProjectRules.Check(Request(files), Limits));
        AssertInvalid(Request(files) with { GeneratedFiles = [ProjectFile.FromText("pins.h", "")] }, "201 files");
    }

    [Fact]
    public void A_file_that_occurs_twice_or_hides_a_generated_one_is_refused()
    {
        AssertInvalid(Request(("main.c", 1), ("main.c", 2)), "twice");
        AssertInvalid(Request(("main.c", 1), ("pins.h", 1)) with { GeneratedFiles = [ProjectFile.FromText("pins.h", "")] }, "generated");
    }

    [Fact]
    public void A_file_cannot_be_a_directory_too() => AssertInvalid(Request(("main.c", 1), ("a", 1), ("a/b/c.h", 1)), "'a' is a file and a directory");

    [Fact]
    public void A_project_without_files_is_refused() => AssertInvalid(Request(), "no files");

    private static BuildRequest Request(params (string Path, int Size)[] files) => new()
    {
        ProjectName = "lamp",
        Version = "1.0.0",
        Chip = "esp32c3",
        Files = [.. files.Select(file => new ProjectFile(file.Path, new byte[file.Size]))],
    };

    private static void AssertInvalid(BuildRequest request, string says)
    {
        var fault = ProjectRules.Check(request, Limits);
        Assert.Equal("build-invalid", fault?.Code);
        Assert.Contains(says, fault!.Message, StringComparison.Ordinal);
    }
}
