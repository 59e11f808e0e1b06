using System.Globalization;
using System.Security.Cryptography;

namespace EspForge.Build;

/// <summary>From what a toolchain for chips wrote to an image and the parts beside it.</summary>
internal static class EspOutput
{
    /// <summary>Most parts a build may name.</summary>
    public const int MaxParts = 16;

    // The descriptor of a framework that comes compiled: it names the framework's build, not the project's.
    private const string PlaceholderProject = "arduino-lib-builder";

    /// <summary>Checks an application image against the request.</summary>
    public static Outcome<BuiltImage> ToImage(BuildJob job, byte[] content)
    {
        if (!EspImage.Read(content).TryGet(out var image, out var fault))
            return fault;
        if (!string.Equals(image.Chip, job.Request.Chip, StringComparison.Ordinal))
            return new Fault("image-malformed", $"The image is for {image.Chip}, and {job.Request.Chip} was asked for: the board of the project and the board in its build files differ.");
        if (image.Project is PlaceholderProject && EspImage.TryStamp(content, job.Request.ProjectName, job.Request.Version))
        {
            job.Note($"The framework's own name and version in the image are replaced by {job.Request.ProjectName} {job.Request.Version}.");
            image = image with { Project = job.Request.ProjectName, Version = job.Request.Version };
        }

        if (image.Version is { } version && !string.Equals(version, job.Request.Version, StringComparison.Ordinal))
            job.Note($"The image says version {version}, not {job.Request.Version}: the project sets its version itself. Devices will report {version}.");
        if (image.Project is { } project && !string.Equals(project, job.Request.ProjectName, StringComparison.Ordinal))
            job.Note($"The image says project {project}, not {job.Request.ProjectName}: the project's build files name it so.");
        return new BuiltImage
        {
            Content = content,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(content)),
            Format = "esp",
            ProjectName = image.Project ?? job.Request.ProjectName,
            Version = image.Version ?? job.Request.Version,
            Chip = image.Chip,
            AgentVersion = "",
        };
    }

    /// <summary>An offset as the tools write it: <c>0x10000</c> or <c>65536</c>.</summary>
    public static long? ParseOffset(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        text = text.Trim();
        var isHex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        return long.TryParse(isHex ? text.AsSpan(2) : text, isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= uint.MaxValue ? value : null;
    }

    /// <summary>The word for a part of that file: its name without ending, of the characters a part's name has.</summary>
    public static string PartName(string path)
    {
        var name = string.Concat(Path.GetFileNameWithoutExtension(path).ToLowerInvariant().Take(40).Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '_'));
        return name.Length == 0 ? "part" : name switch
        {
            "partition-table" or "partition_table" => "partitions",
            "ota_data_initial" => "otadata",
            _ => name,
        };
    }
}
