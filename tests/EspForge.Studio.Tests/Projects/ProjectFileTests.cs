using System.Net;
using EspForge.Studio.Projects;

namespace EspForge.Studio.Tests.Projects;

[Collection(SharedStudioCollection.Name)]
public sealed class ProjectFileTests(SharedStudio studio)
{
    [Theory]
    [InlineData("main.c")]
    [InlineData("src/drivers/bme280.c")]
    [InlineData("README.md")]
    [InlineData("_private.h")]
    [InlineData("a/b/c/d/e/f.c")]
    [InlineData("main.cpp")]
    [InlineData("src/start.S")]
    [InlineData("platformio.ini")]
    [InlineData("CMakeLists.txt")]
    [InlineData("main/Kconfig.projbuild")]
    [InlineData("sdkconfig")]
    [InlineData("sdkconfig.defaults.esp32c3")]
    [InlineData(".gitignore")]
    [InlineData("src/.clang-format")]
    [InlineData("extra.py")]
    public void A_plain_path_is_good(string path) => Assert.Null(ProjectPath.Check(path));

    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd.c")]
    [InlineData("../main.c")]
    [InlineData("a/../main.c")]
    [InlineData("a/./main.c")]
    [InlineData("a//main.c")]
    [InlineData("a/")]
    [InlineData(".hidden.c")]
    [InlineData(".git/config.txt")]
    [InlineData("a\\b.c")]
    [InlineData("a b.c")]
    [InlineData("-O2.c")]
    [InlineData("a;rm.c")]
    [InlineData("$(id).c")]
    [InlineData("main.c\n")]
    [InlineData("ümlaut.c")]
    [InlineData("main")]
    [InlineData("main.exe")]
    [InlineData("Makefile")]
    [InlineData("sdkconfig.old")]
    [InlineData("sdkconfig.defaults.")]
    [InlineData("Kconfig.c2")]
    [InlineData(".gitignore/a.c")]
    [InlineData(".gitattributes")]
    [InlineData("main.C")]
    [InlineData("pins.h")]
    [InlineData("include/pins.h")]
    [InlineData("main/PINS.H")]
    [InlineData("espforge.json")]
    [InlineData("PINS.h")]
    [InlineData("a/b/c/d/e/f/g.c")]
    public void A_path_that_could_mean_something_else_is_refused(string path) => Assert.NotNull(ProjectPath.Check(path));

    [Theory]
    [InlineData("Main.c", "main.c")]
    [InlineData("a.c/b.c", "a.c")]
    [InlineData("a.c", "a.c/b.c")]
    public void A_path_that_another_file_is_in_the_way_of_is_refused(string path, string other) => Assert.NotNull(ProjectPath.Collides(path, [other]));

    [Fact]
    public async Task A_file_is_saved_read_and_deleted()
    {
        var id = await studio.Developer.CreateProjectAsync("empty");
        var saved = await studio.Developer.PutAsync($"projects/{id}/files/src/unit.c", new { content = "// größe\n" });
        Assert.Equal(HttpStatusCode.OK, saved.Status);
        Assert.Equal(11, saved.Data.GetProperty("sizeBytes").GetInt32());
        Assert.Equal("// größe\n", (await studio.Viewer.GetAsync($"projects/{id}/files/src/unit.c")).Data.GetProperty("content").GetString());
        Assert.Equal(2, (await studio.Viewer.GetAsync($"projects/{id}")).Data.GetProperty("files").GetArrayLength());
        Assert.Equal(HttpStatusCode.NoContent, (await studio.Developer.DeleteAsync($"projects/{id}/files/src/unit.c")).Status);
        Assert.Equal("FILE_NOT_FOUND", (await studio.Developer.DeleteAsync($"projects/{id}/files/src/unit.c")).Code);
        Assert.Equal("FILE_NOT_FOUND", (await studio.Developer.GetAsync($"projects/{id}/files/src/unit.c")).Code);
    }

    [Fact]
    public async Task Bad_files_are_refused_and_nothing_changes()
    {
        var id = await studio.Developer.CreateProjectAsync("empty");
        Assert.Equal("VALIDATION_ERROR", (await studio.Developer.PutAsync($"projects/{id}/files/pins.h", new { content = "" })).Code);
        Assert.Equal("VALIDATION_ERROR", (await studio.Developer.PutAsync($"projects/{id}/files/a%20b.c", new { content = "" })).Code);
        Assert.Equal("VALIDATION_ERROR", (await studio.Developer.PutAsync($"projects/{id}/files/MAIN.c", new { content = "" })).Code);
        Assert.Equal("VALIDATION_ERROR", (await studio.Developer.PutAsync($"projects/{id}/files/nul.c", new { content = "a\0b" })).Code);
        Assert.Equal("TOO_LARGE", (await studio.Developer.PutAsync($"projects/{id}/files/big.c", new { content = new string('x', (256 * 1024) + 1) })).Code);
        Assert.Equal(HttpStatusCode.OK, (await studio.Developer.PutAsync($"projects/{id}/files/fits.c", new { content = new string('x', 256 * 1024) })).Status);
        Assert.Equal(["fits.c", "main.c"], (await studio.Developer.GetAsync($"projects/{id}")).Data.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("path").GetString()));
    }

    [Fact]
    public async Task A_project_has_at_most_two_hundred_files()
    {
        var id = await studio.Developer.CreateProjectAsync("empty");
        await studio.Host.WithDatabaseAsync(async db =>
        {
            for (var i = 0; i < 199; i++)
                db.ProjectFiles.Add(new ProjectFileRow { ProjectId = id, Path = $"f{i}.c", Content = "", SizeBytes = 0, UpdatedAt = DateTimeOffset.UtcNow });
            return await db.SaveChangesAsync();
        });
        Assert.Equal("PROJECT_LIMIT", (await studio.Developer.PutAsync($"projects/{id}/files/more.c", new { content = "" })).Code);
        Assert.Equal(HttpStatusCode.OK, (await studio.Developer.PutAsync($"projects/{id}/files/f7.c", new { content = "int x;" })).Status);
    }
}
