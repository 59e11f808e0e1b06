using EspForge.Ota;

namespace EspForge.AspNetCore;

/// <summary>An image, as people see it.</summary>
/// <param name="Sha256">SHA-256 of its bytes, 64 lower-case hex digits: its id.</param>
/// <param name="Format">The container.</param>
/// <param name="Chip">The chip it is for.</param>
/// <param name="Project">Its project, as it says itself.</param>
/// <param name="Version">Its version, as it says itself.</param>
/// <param name="AgentVersion">Version of the agent inside, where the format carries it.</param>
/// <param name="SizeBytes">Length in bytes.</param>
/// <param name="FileName">The name it was uploaded under.</param>
/// <param name="BuildId">The build it came from.</param>
/// <param name="CreatedAt">When it was added.</param>
/// <param name="CreatedBy">Who added it, as an audit actor.</param>
public sealed record ImageView(
    string Sha256, ImageFormat Format, string Chip, string Project, string Version, string? AgentVersion, long SizeBytes, string? FileName, Guid? BuildId,
    DateTimeOffset CreatedAt, string CreatedBy)
{
    /// <summary>The view of an image.</summary>
    public static ImageView Of(Image image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var info = image.Info;
        return new(info.Sha256, info.Format, info.Chip, info.Project, info.Version, info.AgentVersion, info.SizeBytes, image.FileName, image.BuildId, image.CreatedAt, image.CreatedBy);
    }
}
