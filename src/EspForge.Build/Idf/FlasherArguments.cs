using System.Text.Json;

namespace EspForge.Build;

/// <summary>What ESP-IDF's <c>flasher_args.json</c> says: which file goes where in flash.</summary>
/// <param name="Application">The application image.</param>
/// <param name="Others">Everything else.</param>
/// <param name="FlashBytes">Size of the flash, in bytes, where it is said.</param>
internal sealed record FlasherArguments(FlashFile Application, IReadOnlyList<FlashFile> Others, long? FlashBytes)
{
    public static Outcome<FlasherArguments> Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var application = root.GetProperty("app");
            var applicationPath = application.GetProperty("file").GetString()!;
            if (EspOutput.ParseOffset(application.GetProperty("offset").GetString()) is not { } offset)
                return NotUnderstood();
            var others = new List<FlashFile>();
            foreach (var file in root.GetProperty("flash_files").EnumerateObject())
            {
                var path = file.Value.GetString()!;
                if (string.Equals(path, applicationPath, StringComparison.Ordinal))
                    continue;
                if (others.Count == EspOutput.MaxParts || EspOutput.ParseOffset(file.Name) is not { } at)
                    return NotUnderstood();
                others.Add(new FlashFile(EspOutput.PartName(path), at, path));
            }

            var flash = root.TryGetProperty("flash_settings", out var settings) && settings.TryGetProperty("flash_size", out var size) ? ParseSize(size.GetString()) : null;
            return new FlasherArguments(new FlashFile("firmware", offset, applicationPath), others, flash);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return NotUnderstood();
        }
    }

    // "4MB"; "keep" and "detect" are no sizes.
    private static long? ParseSize(string? text) =>
        text is not null && text.EndsWith("MB", StringComparison.Ordinal) && int.TryParse(text.AsSpan(0, text.Length - 2), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var size) && size is >= 1 and <= 1024
            ? size * 1024L * 1024L
            : null;

    private static Fault NotUnderstood() => new("toolchain-failed", "ESP-IDF wrote flasher_args.json in a form that is not understood.");
}

/// <summary>A file that goes to flash.</summary>
/// <param name="Name">Name of the part.</param>
/// <param name="OffsetBytes">Where it goes.</param>
/// <param name="Path">Path in the build directory, as the tools told it.</param>
internal sealed record FlashFile(string Name, long OffsetBytes, string Path);
