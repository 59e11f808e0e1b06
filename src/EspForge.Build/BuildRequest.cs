using System.Text;

namespace EspForge.Build;

/// <summary>A file of a project.</summary>
/// <param name="Path">Relative to the project, with <c>/</c> between segments: <c>src/main.c</c>. Segments are 1–100 of <c>A-Z a-z 0-9 . _ - + @</c>, none begins with <c>-</c>, none is <c>.</c> or <c>..</c>; at most 240 characters and 16 segments.</param>
/// <param name="Content">The bytes.</param>
public sealed record ProjectFile(string Path, ReadOnlyMemory<byte> Content)
{
    /// <summary>A file of text, as UTF-8.</summary>
    public static ProjectFile FromText(string path, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new ProjectFile(path, Encoding.UTF8.GetBytes(text));
    }
}

/// <summary>What is to be built.</summary>
public sealed record BuildRequest
{
    /// <summary>Name the image carries: 1–31 bytes of UTF-8 without control characters and without any of <c>" \ $ ; &lt; &gt; [ ] `</c>.</summary>
    public required string ProjectName { get; init; }

    /// <summary>Version the image carries: SemVer 2.0, at most 31 bytes.</summary>
    public required string Version { get; init; }

    /// <summary>Chip the image is for, such as <c>esp32c3</c>: 1–15 of <c>a-z 0-9 -</c>.</summary>
    public required string Chip { get; init; }

    /// <summary>Name of the toolchain: <c>host</c>, <c>platformio</c>, <c>esp-idf</c>, or one of the caller's own.</summary>
    /// <value>The default is <c>host</c>.</value>
    public string Toolchain { get; init; } = HostToolchain.ToolchainName;

    /// <summary>Environment of a <c>platformio.ini</c>: 1–64 of <c>A-Z a-z 0-9 . _ -</c>; <see langword="null"/> takes the first of <c>default_envs</c>, or the only one.</summary>
    public string? Environment { get; init; }

    /// <summary>Asks for a step that fetches the project's libraries, the one step with network. Refused unless <see cref="BuildOptions.AllowDependencyNetwork"/> is set.</summary>
    public bool FetchDependencies { get; init; }

    /// <summary>When the sources were last changed, such as the commit's date: what <c>__DATE__</c> and <c>SOURCE_DATE_EPOCH</c> say. <see langword="null"/>: no date, which is 1970-01-01.</summary>
    public DateTimeOffset? SourceDate { get; init; }

    /// <summary>Whose objects may be compiled once and used again, such as an organization's or project's id; 1–100 characters. <see langword="null"/>: no compiler cache.</summary>
    public string? CacheScope { get; init; }

    /// <summary>What the user wrote. For the host toolchain every <c>*.c</c> is compiled, and the root and every directory with a header is searched for includes.</summary>
    public required IReadOnlyList<ProjectFile> Files { get; init; }

    /// <summary>What was made for the user, such as the <c>pins.h</c> of the pin plan. A project that has a file of the same path is refused.</summary>
    public IReadOnlyList<ProjectFile> GeneratedFiles { get; init; } = [];
}
