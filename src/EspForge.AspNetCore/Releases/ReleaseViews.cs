using EspForge.Ota;

namespace EspForge.AspNetCore;

/// <summary>A release, as people see it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Product">Its product.</param>
/// <param name="Chip">Its chip.</param>
/// <param name="Version">Its version.</param>
/// <param name="Image">What devices will run.</param>
/// <param name="Sequence">Sequence of its manifest.</param>
/// <param name="KeyId">The key that signed.</param>
/// <param name="Notes">What changed.</param>
/// <param name="IssuedAt">Start of the manifest's validity.</param>
/// <param name="ExpiresAt">End of the manifest's validity.</param>
/// <param name="CreatedAt">When it was signed first.</param>
/// <param name="CreatedBy">Who released it, as an audit actor.</param>
internal sealed record ReleaseView(
    Guid Id, string Product, string Chip, string Version, ImageView Image, long Sequence, string KeyId, string? Notes, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt,
    DateTimeOffset CreatedAt, string CreatedBy)
{
    public static ReleaseView Of(Release release, Image? image) => new(
        release.Id,
        release.Product,
        release.Image.Chip,
        release.Version,
        ImageView.Of(image ?? new Image(release.Organization, release.Image, null, null, release.CreatedAt, release.CreatedBy)),
        release.Manifest.Sequence,
        release.Manifest.KeyId,
        release.Notes,
        release.Manifest.IssuedAt,
        release.Manifest.ExpiresAt,
        release.CreatedAt,
        release.CreatedBy);
}

/// <summary>What is to be released.</summary>
/// <param name="ImageSha256">The image.</param>
/// <param name="Product">The product, 1–63 of <c>a-z 0-9 - _ .</c>.</param>
/// <param name="Notes">What changed, at most 4,000 characters.</param>
/// <param name="MinimumVersion">Least running version that may take it, SemVer.</param>
/// <param name="MinimumAgentVersion">Least version of the agent that may take it, SemVer.</param>
/// <param name="SecurityEpoch">A device that has stored a higher one refuses; 0 … 2³²−1, the default is 0.</param>
/// <param name="ValidDays">Days the manifest is valid, 1–3,650; the default is 90.</param>
internal sealed record ReleaseRequest(
    string ImageSha256, string Product, string? Notes = null, string? MinimumVersion = null, string? MinimumAgentVersion = null, long? SecurityEpoch = null, int? ValidDays = null);

/// <summary>A product: what its devices run and what was released last.</summary>
/// <param name="Product">Its name.</param>
/// <param name="Devices">How many devices it has.</param>
/// <param name="Versions">What they run, the most frequent first.</param>
/// <param name="LatestRelease">The newest release.</param>
internal sealed record ProductView(string Product, int Devices, IReadOnlyList<ProductVersionView> Versions, ReleaseView? LatestRelease);

/// <summary>How many devices run a version.</summary>
/// <param name="Version">The version; <see langword="null"/> for devices that were not heard of yet.</param>
/// <param name="Devices">How many.</param>
internal sealed record ProductVersionView(string? Version, int Devices);
