using System.Text.Json;

namespace EspForge.Build;

/// <summary>What is installed in PlatformIO's core directory, read from the <c>.piopm</c> files it keeps: quicker than asking it, and without running anything.</summary>
internal sealed record PlatformioPackages(IReadOnlyDictionary<string, string> Platforms, IReadOnlyDictionary<string, string> Tools)
{
    private const int MaxNoteBytes = 64 * 1024;

    public static PlatformioPackages Read(string coreDirectory) => new(ReadAll(Path.Combine(coreDirectory, "platforms")), ReadAll(Path.Combine(coreDirectory, "packages")));

    /// <summary>Everything, as a text that changes with any of it.</summary>
    public string Identity => string.Join('\n', Platforms.Concat(Tools).Select(pair => $"{pair.Key} {pair.Value}"));

    /// <summary>The name in a platform's specification: <c>espressif32</c> of <c>platformio/espressif32 @ ^6.13.0</c>; <see langword="null"/> for an address, which has none.</summary>
    public static string? NameOf(string specification)
    {
        if (specification.Contains("://", StringComparison.Ordinal) || specification.Contains('\\', StringComparison.Ordinal) || specification.EndsWith(".zip", StringComparison.Ordinal))
            return null;
        var name = specification.Split('@')[0].Trim();
        return name.Length == 0 ? null : name[(name.LastIndexOf('/') + 1)..];
    }

    private static SortedDictionary<string, string> ReadAll(string directory)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (!Directory.Exists(directory))
            return found;
        foreach (var path in Directory.EnumerateDirectories(directory))
        {
            try
            {
                var note = new FileInfo(Path.Combine(path, ".piopm"));
                if (!note.Exists || note.Length > MaxNoteBytes)
                    continue;
                using var document = JsonDocument.Parse(File.ReadAllText(note.FullName));
                if (document.RootElement.TryGetProperty("name", out var name) && document.RootElement.TryGetProperty("version", out var version))
                    found[Path.GetFileName(path) is var folder && found.ContainsKey(name.GetString() ?? folder) ? folder : name.GetString() ?? folder] = version.GetString() ?? "";
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
            {
                // Being installed just now, or damaged: as if it were not there.
            }
        }

        return found;
    }
}
