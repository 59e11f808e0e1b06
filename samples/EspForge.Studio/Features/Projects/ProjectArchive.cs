using System.Collections.ObjectModel;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using EspForge.AspNetCore;

namespace EspForge.Studio.Projects;

/// <summary>What an archive says about its project, <c>espforge.json</c>.</summary>
internal sealed record ProjectDescription(string? Name = null, string? Product = null, string? Board = null, string? Toolchain = null, JsonElement? Plan = null);

/// <summary>What was in an archive.</summary>
internal sealed record ProjectContents(ProjectDescription? Description, IReadOnlyList<(string Path, string Content)> Files);

/// <summary>Projects as zip archives. The same project gives the same bytes; what comes in is believed only as far as it was read.</summary>
internal static class ProjectArchive
{
    public const string MediaType = "application/zip";
    public const int MaxPackedBytes = 16 * 1024 * 1024;

    // Folders have entries of their own; more than this is not a project, and the directory alone would fill the memory.
    private const int MaxEntries = ProjectLimits.MaxFiles * 4;
    private const int FileTypeMask = 0xF000;
    private const int RegularFile = 0x8000;
    private const int Folder = 0x4000;
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly JsonSerializerOptions Json = new(ApiJson.Options) { WriteIndented = true, NewLine = "\n", DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static byte[] Write(ProjectRow project, IEnumerable<ProjectFileRow> files)
    {
        using var plan = JsonDocument.Parse(project.Plan);
        var description = JsonSerializer.Serialize(new ProjectDescription(project.Name, project.Product, project.Board, project.Toolchain, plan.RootElement), Json) + "\n";
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true, Strict))
        {
            Add(zip, ProjectPath.Description, description);
            foreach (var file in files.OrderBy(file => file.Path, StringComparer.Ordinal))
                Add(zip, file.Path, file.Content);
        }

        return buffer.ToArray();
    }

    /// <summary>Reads an archive in memory; refuses it whole with the name of what is wrong in it.</summary>
    public static (ProjectContents? Contents, ApiRefusal? Refusal) Read(byte[] packed)
    {
        if (Entries(packed) > MaxEntries)
            return (null, new ApiRefusal(new Fault("project-limit", $"The archive has more than {MaxEntries} entries; a project has at most {ProjectLimits.MaxFiles} files.")));
        try
        {
            using var zip = new ZipArchive(new MemoryStream(packed, writable: false), ZipArchiveMode.Read, leaveOpen: false, Strict);
            return Read(zip);
        }
        catch (Exception error) when (error is InvalidDataException or NotSupportedException or IOException or ArgumentException or OverflowException)
        {
            return (null, Invalid("This is no zip archive, or a damaged, encrypted or unusual one."));
        }
    }

    private static (ProjectContents? Contents, ApiRefusal? Refusal) Read(ZipArchive zip)
    {
        var entries = zip.Entries;
        var prefix = Root(entries);
        ProjectDescription? description = null;
        var files = new List<(string Path, string Content)>();
        long total = 0;
        foreach (var entry in entries)
        {
            var type = (entry.ExternalAttributes >> 16) & FileTypeMask;
            var shown = LogSafe(entry.FullName);
            if (type is not (0 or RegularFile or Folder))
                return (null, Invalid($"'{shown}' is a link or a device; an archive of a project holds files."));
            if (entry.FullName.EndsWith('/') || type == Folder)
            {
                // A folder is there when a file is in it; what it is called is looked at all the same.
                if (entry.Length > 0 || ProjectPath.Check($"{entry.FullName.TrimEnd('/')}/x.c") is not null && !string.Equals(entry.FullName, prefix, StringComparison.Ordinal))
                    return (null, Invalid($"'{shown}' is no folder that a project can have."));
                continue;
            }

            var path = entry.FullName[prefix.Length..];
            var isDescription = string.Equals(path, ProjectPath.Description, StringComparison.Ordinal);
            if (!isDescription && ProjectPath.Check(path) is { } badPath)
                return (null, Invalid($"'{shown}': {badPath}"));
            if (files.Count >= ProjectLimits.MaxFiles && !isDescription)
                return (null, new ApiRefusal(new Fault("project-limit", $"A project has at most {ProjectLimits.MaxFiles} files.")));
            if (ReadText(entry, out var tooLarge) is not { } text)
            {
                return (null, tooLarge
                    ? new ApiRefusal(new Fault("too-large", $"'{shown}': a file has at most {ProjectLimits.MaxFileBytes / 1024} KiB."))
                    : Invalid($"'{shown}' is not text in UTF-8."));
            }

            total += Encoding.UTF8.GetByteCount(text);
            if (total > ProjectLimits.MaxProjectBytes)
                return (null, new ApiRefusal(new Fault("too-large", $"A project has at most {ProjectLimits.MaxProjectBytes / 1024 / 1024} MiB.")));
            if (files.Exists(file => string.Equals(file.Path, path, StringComparison.Ordinal)) || (isDescription && description is not null))
                return (null, Invalid($"'{shown}' is in the archive twice."));
            if (!isDescription)
                files.Add((path, text));
            else if (Describe(text) is { } read)
                description = read;
            else
                return (null, Invalid("espforge.json is not the description of a project: {name, product, board, toolchain, plan}."));
        }

        if (ProjectTree.Check([.. files.Select(file => (file.Path, Encoding.UTF8.GetByteCount(file.Content)))]) is { } unfit)
            return (null, unfit.Details is [var detail] ? Invalid(detail.Message) : unfit);
        return (new ProjectContents(description, files), null);
    }

    /// <summary>What builds it, by the files it has.</summary>
    public static string Toolchain(IReadOnlyList<(string Path, string Content)> files)
    {
        if (files.Any(file => file.Path is "platformio.ini"))
            return ProjectToolchains.PlatformIo;
        return files.Any(file => file.Path is "CMakeLists.txt" && file.Content.Contains("project.cmake", StringComparison.Ordinal)) ? ProjectToolchains.EspIdf : ProjectToolchains.Host;
    }

    internal static ApiRefusal Invalid(string message) => new(new Fault("archive-invalid", message), [new ApiDetail("", message)]);

    /// <summary>The one folder that everything is in, where it is plainly the project and not a part of it.</summary>
    private static string Root(ReadOnlyCollection<ZipArchiveEntry> entries)
    {
        var first = entries.Count > 0 ? entries[0].FullName : "";
        var slash = first.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0)
            return "";
        var root = first[..(slash + 1)];
        return ProjectPath.Check(root + ProjectPath.Description) is null && entries.All(entry => entry.FullName.StartsWith(root, StringComparison.Ordinal))
            && entries.Any(entry => entry.FullName[root.Length..] is ProjectPath.Description or "platformio.ini" or "CMakeLists.txt" or "main.c") ? root : "";
    }

    private static void Add(ZipArchive zip, string path, string content)
    {
        var entry = zip.CreateEntry(path, CompressionLevel.Optimal);
        entry.LastWriteTime = Epoch;
        entry.ExternalAttributes = Convert.ToInt32("100644", 8) << 16;
        using var stream = entry.Open();
        stream.Write(Encoding.UTF8.GetBytes(content));
    }

    /// <summary>The text, read to one byte past the limit whatever the archive says of its length.</summary>
    private static string? ReadText(ZipArchiveEntry entry, out bool tooLarge)
    {
        var buffer = new byte[ProjectLimits.MaxFileBytes + 1];
        using var stream = entry.Open();
        var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        tooLarge = length == buffer.Length;
        if (tooLarge)
            return null;
        if (Crc32.Of(buffer.AsSpan(0, length)) != entry.Crc32)
            throw new InvalidDataException("The bytes are not those that were packed.");
        try
        {
            var text = Strict.GetString(buffer, 0, length);
            return text.Contains('\0', StringComparison.Ordinal) ? null : text;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static ProjectDescription? Describe(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<ProjectDescription>(text, ApiJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>How many entries the directory can have, before anything is made of it.</summary>
    private static int Entries(ReadOnlySpan<byte> packed)
    {
        var count = 0;
        for (var at = packed.IndexOf("PK\u0001\u0002"u8); at >= 0; at = packed.IndexOf("PK\u0001\u0002"u8))
        {
            count++;
            packed = packed[(at + 4)..];
        }

        return count;
    }

    private static string LogSafe(string name)
    {
        var cut = name.Length > ProjectPath.MaxLength ? name[..ProjectPath.MaxLength] + "…" : name;
        return string.Create(CultureInfo.InvariantCulture, $"{string.Concat(cut.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c))}");
    }
}
