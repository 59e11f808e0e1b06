using System.Net;
using System.Text.Json;
using EspForge.Studio.Projects;
using Microsoft.EntityFrameworkCore;

namespace EspForge.Studio.Tests.Projects;

[Collection(SharedStudioCollection.Name)]
public sealed class ProjectHistoryTests(SharedStudio studio)
{
    private StudioClient Developer => studio.Developer;

    [Fact]
    public async Task Every_change_is_a_revision_that_says_what_by_whom_and_how_much()
    {
        var id = await Developer.CreateProjectAsync("empty");
        await SaveAsync(id, "a.c", "one\ntwo\nthree\n");
        await SaveAsync(id, "a.c", "one\n2\nthree\nfour\n");
        await SaveAsync(id, "a.c", "one\n2\nthree\nfour\n");
        await Developer.PostAsync($"projects/{id}/rename", new { from = "a.c", to = "src/b.c" });
        await Developer.PatchAsync($"projects/{id}", new { toolchain = "platformio", name = "Other" });
        await Developer.PatchAsync($"projects/{id}", new { name = "Another" });
        await Developer.DeleteAsync($"projects/{id}/files/src/b.c");

        var history = (await studio.Viewer.GetAsync($"projects/{id}/history")).Data.EnumerateArray().ToList();
        Assert.Equal(
            ["6 deleted src/b.c  0 +0 -4", "5 plan   0 +0 -0", "4 renamed src/b.c a.c 17 +0 -0", "3 saved a.c  17 +2 -1", "2 saved a.c  14 +3 -0"],
            history.Take(5).Select(Line));
        Assert.Equal("created", history[5].GetProperty("kind").GetString());
        Assert.Equal(6, (await Developer.GetAsync($"projects/{id}")).Data.GetProperty("revision").GetInt32());
        Assert.Equal("dev", history[0].GetProperty("actorName").GetString());
        Assert.StartsWith("user:", history[0].GetProperty("actor").GetString(), StringComparison.Ordinal);
        Assert.Equal([4, 3, 2], (await Developer.GetAsync($"projects/{id}/history?path=a.c")).Data.EnumerateArray().Select(one => one.GetProperty("revision").GetInt32()));
        Assert.Equal([3, 2], (await Developer.GetAsync($"projects/{id}/history?before=4&limit=2")).Data.EnumerateArray().Select(one => one.GetProperty("revision").GetInt32()));
    }

    [Fact]
    public async Task What_was_can_be_read_and_brought_back()
    {
        var id = await Developer.CreateProjectAsync("blink");
        var plan = (await Developer.GetAsync($"projects/{id}")).Data.GetProperty("plan").GetRawText();
        await SaveAsync(id, "notes.md", "first\n");
        await SaveAsync(id, "notes.md", "second\n");
        await Developer.PatchAsync($"projects/{id}", new { plan = new { board = "esp32-devkitc-v4", uses = new[] { new { gpio = 4, function = "relay" } } } });
        await Developer.DeleteAsync($"projects/{id}/files/main.c");

        var old = (await studio.Viewer.GetAsync($"projects/{id}/history/2/files/notes.md")).Data;
        Assert.Equal(("first\n", 6), (old.GetProperty("content").GetString(), old.GetProperty("sizeBytes").GetInt32()));
        Assert.Equal("FILE_NOT_FOUND", (await Developer.GetAsync($"projects/{id}/history/1/files/notes.md")).Code);
        Assert.Equal("REVISION_NOT_FOUND", (await Developer.GetAsync($"projects/{id}/history/6/files/notes.md")).Code);
        Assert.Equal("REVISION_NOT_FOUND", (await Developer.PostAsync($"projects/{id}/history/0/restore", new { })).Code);
        Assert.Equal("FILE_NOT_FOUND", (await Developer.PostAsync($"projects/{id}/history/1/restore", new { path = "notes.md" })).Code);
        Assert.Equal("FILE_NOT_FOUND", (await Developer.PostAsync($"projects/{id}/history/1/restore", new { path = "" })).Code);
        var was = (await Developer.GetAsync($"projects/{id}/history/3/plan")).Data;
        Assert.Equal(("esp32-c3-devkitc-02", "host"), (was.GetProperty("board").GetString(), was.GetProperty("toolchain").GetString()));
        Assert.Equal(plan, was.GetProperty("plan").GetRawText());

        var one = await Developer.PostAsync($"projects/{id}/history/2/restore", new { path = "notes.md" });
        Assert.Equal(6, one.Data.GetProperty("revision").GetInt32());
        Assert.Equal("first\n", (await Developer.GetAsync($"projects/{id}/files/notes.md")).Data.GetProperty("content").GetString());
        Assert.Equal("esp32-devkitc-v4", one.Data.GetProperty("board").GetString());

        var all = await Developer.PostAsync($"projects/{id}/history/1/restore", new { });
        Assert.Equal(HttpStatusCode.OK, all.Status);
        Assert.Equal(("esp32-c3-devkitc-02", "esp32c3"), (all.Data.GetProperty("board").GetString(), all.Data.GetProperty("chip").GetString()));
        Assert.Equal(plan, all.Data.GetProperty("plan").GetRawText());
        Assert.Equal(["main.c"], Paths(all.Data));
        Assert.Equal(7, (await Developer.PostAsync($"projects/{id}/history/1/restore", new { })).Data.GetProperty("revision").GetInt32());
        Assert.Equal("restored", (await Developer.GetAsync($"projects/{id}/history?limit=1")).Data[0].GetProperty("kind").GetString());
        Assert.Equal("first\n", (await Developer.GetAsync($"projects/{id}/history/6/files/notes.md")).Data.GetProperty("content").GetString());
        Assert.Contains((await studio.Admin.GetAsync("audit?action=project.restore")).Data.EnumerateArray(), entry => entry.GetProperty("detail").GetString() == "everything as of revision 1.");
    }

    [Fact]
    public async Task A_text_is_kept_once_and_only_while_a_version_has_it()
    {
        var id = await Developer.CreateProjectAsync("empty");
        for (var i = 0; i < 3; i++)
        {
            await SaveAsync(id, "a.txt", "same\n");
            await SaveAsync(id, "a.txt", $"other {i}\n");
            await SaveAsync(id, "b.txt", "same\n");
            await Developer.DeleteAsync($"projects/{id}/files/b.txt");
        }

        Assert.Equal(1, await studio.Host.WithDatabaseAsync(db => db.ProjectContents.CountAsync(row => row.ProjectId == id && row.Content == "same\n")));
        Assert.Equal(HttpStatusCode.NoContent, (await Developer.DeleteAsync($"projects/{id}")).Status);
        Assert.Equal((0, 0, 0), await studio.Host.WithDatabaseAsync(async db => (
            await db.ProjectContents.CountAsync(row => row.ProjectId == id), await db.ProjectVersions.CountAsync(row => row.ProjectId == id), await db.ProjectRevisions.CountAsync(row => row.ProjectId == id))));
    }

    [Fact]
    public async Task The_oldest_revisions_go_and_what_is_left_stays_whole()
    {
        var id = await Developer.CreateProjectAsync("empty");
        await SaveAsync(id, "gone.txt", "in revision 2 only\n");
        await SaveAsync(id, "gone.txt", "from revision 3 on\n");
        await studio.Host.WithDatabaseAsync(async db =>
        {
            // As if 1,998 more had been made; each is a row, whatever it says.
            for (var revision = 4; revision <= ProjectHistory.MaxRevisions + 1; revision++)
                db.ProjectRevisions.Add(new ProjectRevisionRow { ProjectId = id, Revision = revision, At = DateTimeOffset.UtcNow, Actor = "user:x", Kind = ProjectRevisionKind.Plan, SizeBytes = 0, LinesAdded = 0, LinesRemoved = 0 });
            await db.SaveChangesAsync();
            return await db.Projects.Where(project => project.Id == id).ExecuteUpdateAsync(set => set.SetProperty(project => project.Revision, ProjectHistory.MaxRevisions + 1));
        });
        await SaveAsync(id, "new.txt", "new\n");
        var (count, oldest) = await studio.Host.WithDatabaseAsync(async db => (
            await db.ProjectRevisions.CountAsync(row => row.ProjectId == id), await db.ProjectRevisions.Where(row => row.ProjectId == id).MinAsync(row => row.Revision)));
        Assert.Equal((ProjectHistory.MaxRevisions, 3), (count, oldest));
        Assert.Equal("REVISION_NOT_FOUND", (await Developer.GetAsync($"projects/{id}/history/2/files/gone.txt")).Code);
        Assert.Equal("from revision 3 on\n", (await Developer.GetAsync($"projects/{id}/history/3/files/gone.txt")).Data.GetProperty("content").GetString());
        Assert.Equal(0, await studio.Host.WithDatabaseAsync(db => db.ProjectContents.CountAsync(row => row.ProjectId == id && row.Content == "in revision 2 only\n")));
        Assert.Equal(["gone.txt", "main.c"], Paths((await Developer.PostAsync($"projects/{id}/history/3/restore", new { })).Data));
    }

    [Fact]
    public async Task A_project_from_before_revisions_has_its_first_one_when_it_changes()
    {
        var id = await Developer.CreateProjectAsync("empty");
        await studio.Host.WithDatabaseAsync(async db =>
        {
            await ProjectHistory.ForgetAsync(db, id, default);
            return await db.Projects.Where(project => project.Id == id).ExecuteUpdateAsync(set => set.SetProperty(project => project.Revision, 0));
        });
        Assert.Equal(0, (await Developer.GetAsync($"projects/{id}/history")).Data.GetArrayLength());
        await SaveAsync(id, "main.c", "int x;\n");
        Assert.Equal(["saved", "created"], (await Developer.GetAsync($"projects/{id}/history")).Data.EnumerateArray().Select(one => one.GetProperty("kind").GetString()));
        Assert.Contains("ef_app_setup", (await Developer.GetAsync($"projects/{id}/history/1/files/main.c")).Data.GetProperty("content").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "", 0, 0)]
    [InlineData("", "a\nb", 2, 0)]
    [InlineData("a\nb\n", "", 0, 2)]
    [InlineData("a\nb\nc\n", "a\nc\n", 0, 1)]
    [InlineData("a\nb\nc\nd\n", "b\nc\nd\na\n", 1, 1)]
    [InlineData("a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n", 2, 3)]
    [InlineData("x\n", "x", 0, 0)]
    public void Lines_that_came_and_went_are_counted(string before, string after, int added, int removed) =>
        Assert.Equal((added, removed), LineDifference.Count(before, after));

    [Fact]
    public void Texts_with_nothing_in_common_are_counted_too() =>
        Assert.Equal((4000, 3000), LineDifference.Count(string.Concat(Enumerable.Range(0, 3000).Select(i => $"a{i}\n")), string.Concat(Enumerable.Range(0, 4000).Select(i => $"b{i}\n"))));

    private Task<Answer> SaveAsync(Guid id, string path, string content) => Developer.PutAsync($"projects/{id}/files/{path}", new { content });

    private static string Line(JsonElement one) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{one.GetProperty("revision").GetInt32()} {one.GetProperty("kind").GetString()} {one.GetProperty("path").GetString()} {one.GetProperty("fromPath").GetString()} {one.GetProperty("sizeBytes").GetInt32()} +{one.GetProperty("linesAdded").GetInt32()} -{one.GetProperty("linesRemoved").GetInt32()}");

    private static IEnumerable<string?> Paths(JsonElement project) => project.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("path").GetString());
}
