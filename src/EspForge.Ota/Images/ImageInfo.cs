namespace EspForge.Ota;

/// <summary>The container an image comes in.</summary>
public enum ImageFormat
{
    /// <summary>Espressif's application image (<c>esp_image_format.h</c>), run by a chip.</summary>
    Esp,

    /// <summary>The host image of <c>docs/protocol.md</c> section 5, run by a virtual device.</summary>
    Host,
}

/// <summary>What an image says about itself, checked against its own hashes.</summary>
/// <param name="Format">The container.</param>
/// <param name="Chip">Chip id of EspForge.Boards, such as <c>esp32c3</c>.</param>
/// <param name="Project">Project name, at most 31 bytes.</param>
/// <param name="Version">Version as the image says it, at most 31 bytes; not necessarily SemVer.</param>
/// <param name="SizeBytes">Length of the whole image in bytes.</param>
/// <param name="Sha256">SHA-256 over the whole file, 64 lower-case hex digits. This is the image's identity.</param>
/// <param name="AgentVersion">Version of the agent inside, where the format carries it.</param>
/// <param name="SecureVersion">ESP anti-rollback version (<c>secure_version</c> of the app descriptor), 0 otherwise.</param>
public sealed record ImageInfo(
    ImageFormat Format, string Chip, string Project, string Version, long SizeBytes, string Sha256, string? AgentVersion = null, uint SecureVersion = 0);
