using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace EspForge.Studio.Tests.Projects;

[Collection(SharedStudioCollection.Name)]
public sealed class ProjectEditingTests(SharedStudio studio)
{
    private StudioClient Developer => studio.Developer;

    [Fact]
    public async Task A_save_that_does_not_know_of_another_is_told_who_and_when()
    {
        var id = await Developer.CreateProjectAsync("empty");
        var mine = await SendAsync(Developer, HttpMethod.Put, $"projects/{id}/files/a.c", "one\n", null, null);
        var tag = mine.Data.GetProperty("etag").GetString()!;
        Assert.Equal(tag, mine.Headers.ETag!.Tag);
        Assert.Matches("^\"[0-9a-f]{32}\"$", tag);
        Assert.Equal(tag, (await studio.Viewer.GetAsync($"projects/{id}/files/a.c")).Headers.ETag!.Tag);

        Assert.Equal(HttpStatusCode.OK, (await SendAsync(studio.Admin, HttpMethod.Put, $"projects/{id}/files/a.c", "two\n", tag, null)).Status);
        var late = await SendAsync(Developer, HttpMethod.Put, $"projects/{id}/files/a.c", "three\n", tag, null);
        Assert.Equal((HttpStatusCode.PreconditionFailed, "FILE_CHANGED"), (late.Status, late.Code));
        var details = late.Body.GetProperty("error").GetProperty("details").EnumerateArray().ToDictionary(one => one.GetProperty("field").GetString()!, one => one.GetProperty("message").GetString()!);
        Assert.Equal(("Ada", "3"), (details["changedBy"], details["revision"]));
        Assert.True(DateTimeOffset.UtcNow - DateTimeOffset.Parse(details["changedAt"], System.Globalization.CultureInfo.InvariantCulture) < TimeSpan.FromMinutes(5));
        Assert.Equal("two\n", (await Developer.GetAsync($"projects/{id}/files/a.c")).Data.GetProperty("content").GetString());
        Assert.Equal("FILE_CHANGED", (await SendAsync(Developer, HttpMethod.Delete, $"projects/{id}/files/a.c", null, tag, null)).Code);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(Developer, HttpMethod.Put, $"projects/{id}/files/a.c", "three\n", $"\"x\", {details["etag"]}", null)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(Developer, HttpMethod.Delete, $"projects/{id}/files/a.c", null, "*", null)).Status);

        var gone = await SendAsync(Developer, HttpMethod.Put, $"projects/{id}/files/a.c", "four\n", tag, null);
        Assert.Equal((HttpStatusCode.PreconditionFailed, "FILE_CHANGED"), (gone.Status, gone.Code));
        Assert.Contains("deleted", gone.Message, StringComparison.Ordinal);
        Assert.Equal("FILE_CHANGED", (await SendAsync(Developer, HttpMethod.Delete, $"projects/{id}/files/a.c", null, tag, null)).Code);
    }

    [Fact]
    public async Task A_new_file_does_not_replace_one_that_is_there()
    {
        var id = await Developer.CreateProjectAsync("empty");
        var refused = await SendAsync(Developer, HttpMethod.Put, $"projects/{id}/files/main.c", "x\n", null, "*");
        Assert.Equal((HttpStatusCode.PreconditionFailed, "FILE_EXISTS"), (refused.Status, refused.Code));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(Developer, HttpMethod.Put, $"projects/{id}/files/other.c", "x\n", null, "*")).Status);
    }

    [Fact]
    public async Task Of_many_who_save_at_once_over_the_same_version_one_succeeds()
    {
        var id = await Developer.CreateProjectAsync("empty");
        var tag = (await Developer.GetAsync($"projects/{id}/files/main.c")).Data.GetProperty("etag").GetString()!;
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => SendAsync(Developer, HttpMethod.Put, $"projects/{id}/files/main.c", $"int x{i};\n", tag, null)));
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.Equal(11, answers.Count(answer => answer.Status == HttpStatusCode.PreconditionFailed));
        Assert.Equal(2, (await Developer.GetAsync($"projects/{id}")).Data.GetProperty("revision").GetInt32());
    }

    [Fact]
    public async Task Files_and_folders_get_other_names()
    {
        var id = await Developer.CreateProjectAsync("empty");
        foreach (var path in (string[])["src/a.c", "src/deep/b.h", "srcs.c", "lib/c.c"])
            await Developer.PutAsync($"projects/{id}/files/{path}", new { content = path });
        Assert.Equal(["a.c", "lib/c.c", "main.c", "src/deep/b.h", "srcs.c"], await RenameAsync(id, "src/a.c", "a.c"));
        Assert.Equal(["A.c", "lib/c.c", "main.c", "src/deep/b.h", "srcs.c"], await RenameAsync(id, "a.c", "A.c"));
        Assert.Equal(["A.c", "core/inner/deep/b.h", "lib/c.c", "main.c", "srcs.c"], await RenameAsync(id, "src", "core/inner"));
        Assert.Equal("src/deep/b.h", (await Developer.GetAsync($"projects/{id}/files/core/inner/deep/b.h")).Data.GetProperty("content").GetString());
        Assert.Equal(["A.c", "lib/c.c", "main.c", "new/deep/b.h", "srcs.c"], await RenameAsync(id, "core/inner", "new"));

        foreach (var (from, to, code) in new[]
        {
            ("nothing.c", "x.c", "FILE_NOT_FOUND"), ("src", "x", "FILE_NOT_FOUND"), ("", "x", "FILE_NOT_FOUND"), ("A.c", "main.c", "FILE_EXISTS"), ("new", "lib", "FILE_EXISTS"),
            ("A.c", "lib", "VALIDATION_ERROR"), ("A.c", "MAIN.c", "VALIDATION_ERROR"), ("A.c", "../a.c", "VALIDATION_ERROR"), ("A.c", "a.exe", "VALIDATION_ERROR"),
            ("new", "new/sub", "VALIDATION_ERROR"), ("new", "a/b/c/d/e", "VALIDATION_ERROR"), ("A.c", "pins.h", "VALIDATION_ERROR"), ("A.c", "main.c/a.c", "VALIDATION_ERROR"), ("new", "", "VALIDATION_ERROR"),
        })
        {
            var refused = await Developer.PostAsync($"projects/{id}/rename", new { from, to });
            Assert.True(refused.Code == code, $"{from} → {to}: {refused.Body}");
        }

        Assert.Equal(["A.c", "lib/c.c", "main.c", "new/deep/b.h", "srcs.c"], await RenameAsync(id, "A.c", "A.c"));
        Assert.Equal("FORBIDDEN", (await studio.Viewer.PostAsync($"projects/{id}/rename", new { from = "A.c", to = "b.c" })).Code);
    }

    [Theory]
    [InlineData("q=LED", "a.c:2:5:3 a.c:4:1:3 b/c.h:1:2:3")]
    [InlineData("q=LED&case=true", "a.c:2:5:3 b/c.h:1:2:3")]
    [InlineData("q=led&case=true", "a.c:4:1:3")]
    [InlineData("q=LED&word=true", "a.c:2:5:3 a.c:4:1:3")]
    [InlineData("q=l.d", "")]
    [InlineData("q=l.d&regex=true", "a.c:2:5:3 a.c:4:1:3 b/c.h:1:2:3")]
    [InlineData("q=%5Eled%24&regex=true", "a.c:4:1:3")]
    [InlineData("q=x*&regex=true", "a.c:1:1:2")]
    [InlineData("q=%28", "a.c:2:8:1")]
    public async Task A_text_or_an_expression_is_found_at_its_place(string query, string expected)
    {
        var id = await Developer.CreateProjectAsync("empty");
        await Developer.DeleteAsync($"projects/{id}/files/main.c");
        await Developer.PutAsync($"projects/{id}/files/a.c", new { content = "xx\r\n    LED()\r\rled\n" });
        await Developer.PutAsync($"projects/{id}/files/b/c.h", new { content = "_LED_1" });
        var found = (await studio.Viewer.GetAsync($"projects/{id}/search?{query}")).Data;
        Assert.False(found.GetProperty("truncated").GetBoolean());

        // The expression x* also matches nothing at all, everywhere; that is no place.
        Assert.Equal(expected, string.Join(' ', found.GetProperty("matches").EnumerateArray().Select(one =>
            $"{one.GetProperty("path").GetString()}:{one.GetProperty("line").GetInt32()}:{one.GetProperty("column").GetInt32()}:{one.GetProperty("length").GetInt32()}")));
    }

    [Fact]
    public async Task A_search_has_limits()
    {
        var id = await Developer.CreateProjectAsync("empty");
        await Developer.PutAsync($"projects/{id}/files/long.txt", new { content = new string('a', 100_000) + "b" + new string('a', 100_000) });
        var few = (await Developer.GetAsync($"projects/{id}/search?q=aa&limit=3")).Data;
        Assert.True(few.GetProperty("truncated").GetBoolean());
        Assert.Equal(3, few.GetProperty("matches").GetArrayLength());
        var one = (await Developer.GetAsync($"projects/{id}/search?q=b&case=true")).Data.GetProperty("matches").EnumerateArray().Single(match => match.GetProperty("path").GetString() == "long.txt");
        Assert.Equal((100_001, 400), (one.GetProperty("column").GetInt32(), one.GetProperty("text").GetString()!.Length));
        foreach (var query in (string[])["q=", "", "q=%28&regex=true", "q=(a)%5C1&regex=true", "q=(%3F%3Da)&regex=true", "q=((a{99}){99}){99}&regex=true", $"q={new string('a', 201)}"])
        {
            var refused = await Developer.GetAsync($"projects/{id}/search?{query}");
            Assert.Equal((HttpStatusCode.BadRequest, "q"), (refused.Status, refused.Body.GetProperty("error").GetProperty("details")[0].GetProperty("field").GetString()));
        }

        Assert.Equal(HttpStatusCode.OK, (await Developer.GetAsync($"projects/{id}/search?q=((a%2B)%2B)%2B%24x&regex=true")).Status);
    }

    private async Task<IEnumerable<string?>> RenameAsync(Guid id, string from, string to)
    {
        var answer = await Developer.PostAsync($"projects/{id}/rename", new { from, to });
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body.ToString());
        return answer.Data.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("path").GetString());
    }

    private static async Task<Answer> SendAsync(StudioClient client, HttpMethod method, string path, string? content, string? ifMatch, string? ifNoneMatch)
    {
        using var request = new HttpRequestMessage(method, $"/api/v1/{path}");
        if (content is not null)
            request.Content = JsonContent.Create(new { content });
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        if (ifNoneMatch is not null)
            request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        using var response = await client.Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Answer(response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement, response.Headers);
    }
}
