using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace EspForge.Studio.Tests.Projects;

[Collection(SharedStudioCollection.Name)]
public sealed class ProjectArchiveTests(SharedStudio studio)
{
    [Fact]
    public async Task What_was_exported_is_imported_as_it_was_and_the_bytes_are_always_the_same()
    {
        var id = await studio.Developer.CreateProjectAsync("platformio-sensor", name: "Porch sensor");
        await studio.Developer.PutAsync($"projects/{id}/files/.gitignore", new { content = ".pio\n" });
        var first = await ExportAsync(id);
        Assert.Equal(SHA256.HashData(first), SHA256.HashData(await ExportAsync(id)));
        using (var zip = new ZipArchive(new MemoryStream(first)))
        {
            Assert.Equal(["espforge.json", ".gitignore", "platformio.ini", "src/main.cpp"], zip.Entries.Select(entry => entry.FullName));
            Assert.All(zip.Entries, entry => Assert.Equal(1980, entry.LastWriteTime.Year));
        }

        var copy = await ImportAsync(first);
        Assert.Equal(HttpStatusCode.Created, copy.Status);
        var (was, now) = ((await studio.Developer.GetAsync($"projects/{id}")).Data, copy.Data);
        foreach (var name in (string[])["name", "product", "board", "chip", "toolchain", "environments", "plan"])
            Assert.Equal(was.GetProperty(name).GetRawText(), now.GetProperty(name).GetRawText());
        Assert.Equal(first, await ExportAsync(now.GetProperty("id").GetGuid()));
        Assert.Equal("imported", (await studio.Developer.GetAsync($"projects/{now.GetProperty("id").GetGuid()}/history")).Data[0].GetProperty("kind").GetString());

        var renamed = await ImportAsync(first, "?name=Garden");
        Assert.Equal(("Garden", "garden"), (renamed.Data.GetProperty("name").GetString(), renamed.Data.GetProperty("product").GetString()));
        Assert.Equal("VALIDATION_ERROR", (await ImportAsync(first, "?board=esp32-devkitc-v4")).Code);
    }

    [Fact]
    public async Task An_archive_of_somebody_else_needs_a_name_and_a_board_and_its_one_folder_is_left_away()
    {
        var zip = Zip(("repo-main/", ""), ("repo-main/platformio.ini", "[env:a]\n[env:b]\n"), ("repo-main/src/main.cpp", "int x;\n"));
        Assert.Equal("VALIDATION_ERROR", (await ImportAsync(zip)).Code);
        Assert.Equal("VALIDATION_ERROR", (await ImportAsync(zip, "?name=Repo")).Code);
        var made = await ImportAsync(zip, "?name=Repo&board=esp32-c3-devkitc-02");
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal(["platformio.ini", "src/main.cpp"], made.Data.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("path").GetString()));
        Assert.Equal("platformio", made.Data.GetProperty("toolchain").GetString());
        Assert.Equal(["a", "b"], made.Data.GetProperty("environments").EnumerateArray().Select(one => one.GetString()));
        var idf = await ImportAsync(Zip(("CMakeLists.txt", "include($ENV{IDF_PATH}/tools/cmake/project.cmake)\n"), ("main/main.c", "")), "?name=Idf&board=esp32-c3-devkitc-02");
        Assert.Equal("esp-idf", idf.Data.GetProperty("toolchain").GetString());
    }

    public static TheoryData<string, string> Attacks => new()
    {
        { "up", "ARCHIVE_INVALID" }, { "deep up", "ARCHIVE_INVALID" }, { "absolute", "ARCHIVE_INVALID" }, { "backslash", "ARCHIVE_INVALID" }, { "drive", "ARCHIVE_INVALID" },
        { "link", "ARCHIVE_INVALID" }, { "device", "ARCHIVE_INVALID" }, { "case", "ARCHIVE_INVALID" }, { "twice", "ARCHIVE_INVALID" }, { "file and folder", "ARCHIVE_INVALID" },
        { "folder up", "ARCHIVE_INVALID" }, { "binary", "ARCHIVE_INVALID" }, { "nul", "ARCHIVE_INVALID" }, { "ending", "ARCHIVE_INVALID" }, { "generated", "ARCHIVE_INVALID" },
        { "no zip", "ARCHIVE_INVALID" }, { "empty", "ARCHIVE_INVALID" }, { "cut off", "ARCHIVE_INVALID" }, { "bad description", "ARCHIVE_INVALID" }, { "bad plan", "PLAN_INVALID" },
        { "bomb", "TOO_LARGE" }, { "many bombs", "TOO_LARGE" }, { "lying length", "ARCHIVE_INVALID" }, { "too many files", "PROJECT_LIMIT" }, { "a hundred thousand entries", "PROJECT_LIMIT" },
        { "control character", "ARCHIVE_INVALID" }, { "too large", "TOO_LARGE" },
    };

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task A_bad_archive_is_refused_whole(string attack, string code)
    {
        var before = await StateAsync();
        var answer = await ImportAsync(Attack(attack), "?name=Attack&board=esp32-c3-devkitc-02");
        Assert.True(code == answer.Code, $"{attack}: {answer.Body}");
        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task Any_change_of_a_byte_is_a_project_or_a_refusal()
    {
        await using var host = await StudioHost.StartAsync();
        var admin = await host.BootstrapAsync();
        var zip = Zip(("main.c", "int main;\n"), ("espforge.json", """{"name":"Fuzz","board":"esp32-c3-devkitc-02"}"""));
        var random = new Random(7);
        for (var i = 0; i < 300; i++)
        {
            var bytes = zip.ToArray();
            for (var flips = random.Next(1, 4); flips > 0; flips--)
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            var answer = await SendAsync(admin, bytes, "");
            Assert.True(answer.Status is HttpStatusCode.Created or HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.Conflict, $"{Convert.ToHexString(bytes)}: {answer.Body}");
        }
    }

    [Fact]
    public async Task Only_a_zip_is_taken_and_only_from_who_may()
    {
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await studio.Developer.PostAsync("projects/import", new { })).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(studio.Viewer, Zip(("main.c", "")), "?name=x&board=esp32-c3-devkitc-02")).Status);
        Assert.Equal("PROJECT_NOT_FOUND", (await studio.Viewer.GetAsync($"projects/{Guid.Empty}/archive")).Code);
    }

    private static byte[] Attack(string kind)
    {
        const string name = """{"name":"x","board":"esp32-c3-devkitc-02"}""";
        return kind switch
        {
            "up" => Zip(("../main.c", "")),
            "deep up" => Zip(("src/../../../etc/main.c", "")),
            "absolute" => Zip(("/etc/main.c", "")),
            "backslash" => Zip(("..\\main.c", "")),
            "drive" => Zip(("C:/main.c", "")),
            "link" => Zip(("main.c", ""), ("link.c", "/etc/passwd"), 0xA1FF),
            "device" => Zip(("main.c", ""), ("null.c", ""), 0x21B6),
            "case" => Zip(("main.c", "a"), ("Main.c", "b")),
            "twice" => Zip(("main.c", "a"), ("main.c", "b")),
            "file and folder" => Zip(("a.c", ""), ("a.c/b.c", "")),
            "folder up" => Zip(("main.c", ""), ("../evil/", "")),
            "binary" => ZipBytes(("main.c", [0xff, 0xfe, 0x80])),
            "nul" => Zip(("main.c", "a\0b")),
            "ending" => Zip(("main.c", ""), ("run.exe", "")),
            "generated" => Zip(("main.c", ""), ("pins.h", "")),
            "no zip" => [.. "this is no archive"u8],
            "empty" => [],
            "cut off" => Zip(("main.c", "int x;"))[..^30],
            "bad description" => Zip(("main.c", ""), ("espforge.json", """{"name":"x","shell":"rm"}""")),
            "bad plan" => Zip(("main.c", ""), ("espforge.json", """{"name":"x","board":"esp32-c3-devkitc-02","plan":{"board":"esp32-c3-devkitc-02","uses":[{"gpio":"x"}]}}""")),
            "bomb" => Zip(("main.c", new string('A', 12_000_000))),
            "many bombs" => ZipBytes([.. Enumerable.Range(0, 100).Select(i => ($"f{i}.c", Encoding.ASCII.GetBytes(new string('A', 200_000))))]),
            "lying length" => Lie(Zip(("main.c", new string('A', 1_000_000)))),
            "too many files" => Zip([.. Enumerable.Range(0, 201).Select(i => ($"f{i}.c", ""))]),
            "a hundred thousand entries" => [.. Enumerable.Repeat("PK\u0001\u0002"u8.ToArray(), 100_000).SelectMany(part => part), .. Zip(("main.c", name))],
            "control character" => Zip(("ma\u0007in.c", "")),
            "too large" => new byte[(16 * 1024 * 1024) + 1],
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
    }

    /// <summary>Says that everything unpacks to ten bytes, in both places where an archive says it.</summary>
    private static byte[] Lie(byte[] zip)
    {
        foreach (var (signature, offset) in new[] { ("PK\u0003\u0004", 22), ("PK\u0001\u0002", 24) })
            BitConverter.TryWriteBytes(zip.AsSpan(zip.AsSpan().IndexOf(Encoding.Latin1.GetBytes(signature)) + offset), 10);
        return zip;
    }

    private static byte[] Zip(params (string Path, string Content)[] files) => ZipBytes([.. files.Select(file => (file.Path, Encoding.UTF8.GetBytes(file.Content)))]);

    private static byte[] Zip((string Path, string Content) first, (string Path, string Content) second, int secondsMode) =>
        ZipBytes([(first.Path, Encoding.UTF8.GetBytes(first.Content)), (second.Path, Encoding.UTF8.GetBytes(second.Content))], secondsMode);

    private static byte[] ZipBytes(params (string Path, byte[] Content)[] files) => ZipBytes(files, 0);

    private static byte[] ZipBytes((string Path, byte[] Content)[] files, int lastMode)
    {
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            for (var i = 0; i < files.Length; i++)
            {
                var entry = zip.CreateEntry(files[i].Path);
                if (lastMode != 0 && i == files.Length - 1)
                    entry.ExternalAttributes = lastMode << 16;
                using var stream = entry.Open();
                stream.Write(files[i].Content);
            }
        }

        return buffer.ToArray();
    }

    private async Task<string> StateAsync() =>
        (await studio.Admin.GetAsync("projects?limit=500")).Data.GetArrayLength() + " " + (await studio.Admin.GetAsync("audit?limit=1")).Data[0].GetProperty("sequence").GetRawText();

    private Task<Answer> ImportAsync(byte[] zip, string query = "") => SendAsync(studio.Developer, zip, query);

    private static Task<Answer> SendAsync(StudioClient client, byte[] zip, string query) =>
        client.SendAsync(HttpMethod.Post, $"projects/import{query}", new ByteArrayContent(zip) { Headers = { ContentType = new MediaTypeHeaderValue("application/zip") } });

    private Task<byte[]> ExportAsync(Guid id) => studio.Viewer.Http.GetByteArrayAsync(new Uri($"/api/v1/projects/{id}/archive", UriKind.Relative));
}
