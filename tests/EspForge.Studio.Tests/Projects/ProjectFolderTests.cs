using System.Net;
using System.Text.Json;

namespace EspForge.Studio.Tests.Projects;

[Collection(SharedStudioCollection.Name)]
public sealed class ProjectFolderTests(SharedStudio studio)
{
    private StudioClient Developer => studio.Developer;

    [Fact]
    public async Task A_folder_goes_with_everything_in_it_as_one_revision_that_can_be_taken_back()
    {
        var id = await MakeAsync("src/a.c", "src/deep/b.h", "srcs/c.c", "Src.c");
        var before = await RevisionAsync(id);
        Assert.Equal(HttpStatusCode.NoContent, (await Developer.DeleteAsync($"projects/{id}/folders/src")).Status);
        Assert.Equal(["Src.c", "main.c", "srcs/c.c"], await PathsAsync(id));
        Assert.Equal(before + 1, await RevisionAsync(id));
        var last = (await Developer.GetAsync($"projects/{id}/history?limit=1")).Data[0];
        Assert.Equal(("deleted", "src", 2), (last.GetProperty("kind").GetString(), last.GetProperty("path").GetString(), last.GetProperty("linesRemoved").GetInt32()));
        Assert.Equal([before + 1], (await Developer.GetAsync($"projects/{id}/history?path=src/deep/b.h&limit=1")).Data.EnumerateArray().Select(one => one.GetProperty("revision").GetInt32()));
        var entry = (await studio.Admin.GetAsync("audit?action=project.folder-delete")).Data.EnumerateArray().First(one => one.GetProperty("subject").GetString() == $"project:{id:D}");
        Assert.Equal("src, 2 files.", entry.GetProperty("detail").GetString());

        Assert.Equal("FOLDER_NOT_FOUND", (await Developer.DeleteAsync($"projects/{id}/folders/src")).Code);
        await Developer.PostAsync($"projects/{id}/history/{before}/restore", new { });
        Assert.Equal(["Src.c", "main.c", "src/a.c", "src/deep/b.h", "srcs/c.c"], await PathsAsync(id));
        Assert.Equal(HttpStatusCode.NoContent, (await Developer.DeleteAsync($"projects/{id}/folders/src/deep")).Status);
        Assert.Equal(["Src.c", "main.c", "src/a.c", "srcs/c.c"], await PathsAsync(id));
    }

    [Fact]
    public async Task A_folder_that_another_wrote_into_since_it_was_seen_stays()
    {
        var id = await MakeAsync("src/a.c", "lib/b.c");
        var seen = await RevisionAsync(id);
        await studio.Admin.PutAsync($"projects/{id}/files/lib/b.c", new { content = "elsewhere\n" });
        await studio.Admin.PutAsync($"projects/{id}/files/src/new.c", new { content = "new\n" });
        var refused = await DeleteAsync(id, "src", $"\"{seen}\"");
        Assert.Equal((HttpStatusCode.PreconditionFailed, "FILE_CHANGED"), (refused.Status, refused.Code));
        var details = refused.Body.GetProperty("error").GetProperty("details").EnumerateArray().ToDictionary(one => one.GetProperty("field").GetString()!, one => one.GetProperty("message").GetString()!);
        Assert.Equal(("Ada", $"{seen + 2}"), (details["changedBy"], details["revision"]));
        foreach (var tag in (string[])["\"0\"", "\"99999\"", "\"x\"", "\"-1\"", "W/\"1\""])
            Assert.Equal("FILE_CHANGED", (await DeleteAsync(id, "src", tag)).Code);
        await studio.Admin.DeleteAsync($"projects/{id}/files/src/new.c");
        Assert.Equal("FILE_CHANGED", (await DeleteAsync(id, "src", $"\"{seen + 2}\"")).Code);
        Assert.Equal(["lib/b.c", "main.c", "src/a.c"], await PathsAsync(id));

        // What happens in another folder is no reason.
        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync(id, "src", $"\"1\", \"{seen + 3}\"")).Status);
        Assert.Equal("FILE_CHANGED", (await DeleteAsync(id, "src", $"\"{seen}\"")).Code);
        Assert.Equal("FOLDER_NOT_FOUND", (await DeleteAsync(id, "src", "*")).Code);
        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync(id, "lib", "*")).Status);
    }

    [Fact]
    public async Task What_is_no_folder_of_the_project_is_refused_and_nothing_changes()
    {
        var id = await MakeAsync("src/a.c");
        var other = await MakeAsync("lib/a.c");
        foreach (var (path, code) in new[]
        {
            ("", "VALIDATION_ERROR"), ("src/", "VALIDATION_ERROR"), ("src//x", "VALIDATION_ERROR"), ("..%2fsrc", "VALIDATION_ERROR"), ("src%2f..", "VALIDATION_ERROR"), (".hidden", "VALIDATION_ERROR"), ("a/b/c/d/e/f", "VALIDATION_ERROR"),
            (new string('a', 121), "VALIDATION_ERROR"), ("s%25", "VALIDATION_ERROR"), ("s_c", "FOLDER_NOT_FOUND"), ("lib", "FOLDER_NOT_FOUND"), ("SRC", "FOLDER_NOT_FOUND"), ("src/a.c", "FOLDER_NOT_FOUND"), ("main.c", "FOLDER_NOT_FOUND"), ("sr", "FOLDER_NOT_FOUND"),
        })
        {
            var refused = await Developer.DeleteAsync($"projects/{id}/folders/{path}");
            Assert.True(refused.Code == code, $"'{path}': {refused.Body}");
        }

        Assert.Equal("FORBIDDEN", (await studio.Viewer.DeleteAsync($"projects/{id}/folders/src")).Code);
        Assert.Equal("PROJECT_NOT_FOUND", (await Developer.DeleteAsync($"projects/{Guid.NewGuid()}/folders/src")).Code);
        Assert.Equal(["main.c", "src/a.c"], await PathsAsync(id));
        Assert.Equal(["lib/a.c", "main.c"], await PathsAsync(other));
        Assert.Equal(2, await RevisionAsync(id));
    }

    [Fact]
    public async Task Of_many_who_delete_it_at_once_one_does()
    {
        var id = await MakeAsync([.. Enumerable.Range(0, 20).Select(i => $"src/f{i}.c")]);
        var before = await RevisionAsync(id);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => DeleteAsync(id, "src", $"\"{before}\"")));
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.NoContent);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.NoContent), answer => Assert.Equal("FILE_CHANGED", answer.Code));
        Assert.Equal(before + 1, await RevisionAsync(id));
        Assert.Equal(["main.c"], await PathsAsync(id));
    }

    private async Task<Guid> MakeAsync(params string[] paths)
    {
        var id = await Developer.CreateProjectAsync("empty");
        foreach (var path in paths)
            await Developer.PutAsync($"projects/{id}/files/{path}", new { content = path + "\n" });
        return id;
    }

    private async Task<int> RevisionAsync(Guid id) => (await Developer.GetAsync($"projects/{id}")).Data.GetProperty("revision").GetInt32();

    private async Task<IEnumerable<string?>> PathsAsync(Guid id) =>
        (await Developer.GetAsync($"projects/{id}")).Data.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("path").GetString());

    private async Task<Answer> DeleteAsync(Guid id, string path, string ifMatch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, $"/api/v1/projects/{id}/folders/{path}");
        request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        using var response = await Developer.Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Answer(response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement, response.Headers);
    }
}
