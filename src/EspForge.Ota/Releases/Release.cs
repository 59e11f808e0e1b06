namespace EspForge.Ota;

/// <summary>A version of a product, signed and fixed: product, chip and version are never given to another image.</summary>
public sealed record Release
{
    /// <summary>Id, time-ordered (UUID version 7).</summary>
    public required Guid Id { get; init; }

    /// <summary>The organization that owns it.</summary>
    public required string Organization { get; init; }

    /// <summary>Product, 1–63 of <c>a-z 0-9 - _ .</c>.</summary>
    public required string Product { get; init; }

    /// <summary>What the image is.</summary>
    public required ImageInfo Image { get; init; }

    /// <summary>SemVer 2.0, at most 31 bytes; equals the image's own version.</summary>
    public required string Version { get; init; }

    /// <summary>The image signed on its own: DER ECDSA over the image's bytes.</summary>
    public required byte[] ImageSignature { get; init; }

    /// <summary>The manifest devices get. Re-issued with a higher sequence for a return to this release.</summary>
    public required SignedManifest Manifest { get; init; }

    /// <summary>What changed, for people. At most 4,000 characters.</summary>
    public string? Notes { get; init; }

    /// <summary>When it was signed first.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who released it, as an audit actor.</summary>
    public required string CreatedBy { get; init; }
}

/// <summary>A manifest as signed: the COSE_Sign1 bytes and the facts that are looked up.</summary>
/// <param name="Sequence">Anti-rollback sequence, 1 … 2⁵³−1, strictly increasing per organization and product.</param>
/// <param name="KeyId">Key that signed, 32 hex digits.</param>
/// <param name="Cose">COSE_Sign1 bytes (docs/protocol.md section 3), at most 2,048.</param>
/// <param name="IssuedAt">Start of validity.</param>
/// <param name="ExpiresAt">End of validity.</param>
public sealed record SignedManifest(long Sequence, string KeyId, byte[] Cose, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt);

/// <summary>Keeps releases. Implementations write the audit entry in the same transaction as the change.</summary>
public interface IReleaseStore
{
    /// <summary>The release, or <see langword="null"/>.</summary>
    Task<Release?> FindAsync(string organization, Guid id, CancellationToken cancel = default);

    /// <summary>The newest release of the image, or <see langword="null"/> when it was not released.</summary>
    Task<Release?> FindByImageAsync(string organization, string sha256, CancellationToken cancel = default);

    /// <summary>Newest first, at most <paramref name="limit"/> (1–500); all products when <paramref name="product"/> is <see langword="null"/>.</summary>
    Task<IReadOnlyList<Release>> ListAsync(string organization, string? product, int limit, CancellationToken cancel = default);

    /// <summary>The newest release of each product, ordered by product, at most <paramref name="limit"/> (1–500).</summary>
    Task<IReadOnlyList<Release>> ListLatestAsync(string organization, int limit, CancellationToken cancel = default);

    /// <summary>
    /// Takes the product's next sequence, lets <paramref name="sign"/> make the release with it, and keeps it, all in one transaction.
    /// Fault <c>release-exists</c> when product, chip and version are taken; nothing is kept then.
    /// </summary>
    Task<Outcome<Release>> AddAsync(string organization, string product, string chip, string version, Func<long, Release> sign, AuditDraft entry, CancellationToken cancel = default);

    /// <summary>The highest sequence any manifest of the product was signed with, 0 before the first.</summary>
    Task<long> LastSequenceAsync(string organization, string product, CancellationToken cancel = default);

    /// <summary>Takes the product's next sequence and replaces the release's manifest with the one signed for it (a return to an older version, or a renewed expiry).</summary>
    Task<Outcome<Release>> ReissueAsync(string organization, Guid id, Func<Release, long, SignedManifest> sign, AuditDraft entry, CancellationToken cancel = default);
}
