using System.Text.Json;

namespace EspForge.Build;

/// <summary>What <c>pio project metadata --json-output</c> tells of an environment: where the program is and what goes to flash.</summary>
internal sealed record PlatformioMetadata(string ProgramPath, long? ApplicationOffset, IReadOnlyList<(long Offset, string Path)> FlashImages)
{
    public static Outcome<PlatformioMetadata> Read(string json, string environment)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var data = document.RootElement.GetProperty(environment);
            var program = data.GetProperty("prog_path").GetString()!;
            long? application = null;
            var images = new List<(long, string)>();
            if (data.TryGetProperty("extra", out var extra))
            {
                if (extra.TryGetProperty("application_offset", out var offset))
                    application = EspOutput.ParseOffset(offset.GetString());
                if (extra.TryGetProperty("flash_images", out var list))
                {
                    foreach (var image in list.EnumerateArray())
                    {
                        if (images.Count == EspOutput.MaxParts || EspOutput.ParseOffset(image.GetProperty("offset").GetString()) is not { } at)
                            return NotUnderstood();
                        images.Add((at, image.GetProperty("path").GetString()!));
                    }
                }
            }

            return new PlatformioMetadata(program, application, images);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return NotUnderstood();
        }
    }

    private static Fault NotUnderstood() => new("toolchain-failed", "PlatformIO told the project's metadata in a form that is not understood.");
}
