using System.Security.Cryptography;

namespace EspForge.Ota;

/// <summary>What is to be released.</summary>
public sealed record ReleaseDraft
{
    /// <summary>The organization that will own it.</summary>
    public required string Organization { get; init; }

    /// <summary>Product, 1–63 of <c>a-z 0-9 - _ .</c>, begins with a letter or digit.</summary>
    public required string Product { get; init; }

    /// <summary>The image; its version becomes the release's and must be SemVer 2.0.</summary>
    public required ImageInfo Image { get; init; }

    /// <summary>What changed, for people. At most 4,000 characters.</summary>
    public string? Notes { get; init; }

    /// <summary>Least version of the agent that may take it, SemVer, or any.</summary>
    public string? MinimumAgentVersion { get; init; }

    /// <summary>Least running version that may take it, SemVer, or any.</summary>
    public string? MinimumVersion { get; init; }

    /// <summary>A device that has stored a higher one refuses.</summary>
    public uint SecurityEpoch { get; init; }

    /// <summary>How long the manifest is valid.</summary>
    /// <value>1 minute … 3,650 days; the default is 90 days.</value>
    public TimeSpan Validity { get; init; } = ReleaseSigner.DefaultValidity;

    /// <summary>Who releases it, as an audit actor.</summary>
    public required string CreatedBy { get; init; }
}

/// <summary>From an image to a signed release.</summary>
public static class ReleaseSigner
{
    /// <summary>Longest notes, in characters.</summary>
    public const int MaximumNotesChars = 4_000;

    /// <summary>90 days.</summary>
    public static TimeSpan DefaultValidity { get; } = TimeSpan.FromDays(90);

    private static readonly TimeSpan LeastValidity = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MostValidity = TimeSpan.FromDays(3_650);

    /// <summary>
    /// Checks the draft, reads <paramref name="content"/> to its end (constant memory) to be sure that it is the image, and signs the image. What is left is to give it a sequence:
    /// <see cref="PreparedRelease.Sign"/> fits <see cref="IReleaseStore.AddAsync"/>. Faults: <c>release-invalid</c> (names the field), <c>version-invalid</c>,
    /// <c>image-size-mismatch</c> and <c>image-hash-mismatch</c> when the content is another.
    /// </summary>
    public static async Task<Outcome<PreparedRelease>> PrepareAsync(ReleaseDraft draft, Stream content, ISigningKey key, DateTimeOffset now, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(draft);
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(key);
        var prepared = new PreparedRelease(draft, key, Truncated(now), []);
        if ((Check(draft) ?? prepared.Payload(1).Check()) is { } fault) return fault;
        var signature = await SignImageAsync(draft.Image, content, key, cancel);
        return signature.TryGet(out var der, out var mismatch) ? prepared with { ImageSignature = der } : mismatch;
    }

    /// <summary>The detached DER signature over the image's bytes, for <c>openssl dgst -sha256 -verify</c>. Faults <c>image-size-mismatch</c>, <c>image-hash-mismatch</c>.</summary>
    public static async Task<Outcome<byte[]>> SignImageAsync(ImageInfo image, Stream content, ISigningKey key, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(key);
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[81_920];
        long size = 0;
        while (size <= image.SizeBytes)
        {
            var read = await content.ReadAsync(buffer, cancel);
            if (read == 0) break;
            size += read;
            sha256.AppendData(buffer.AsSpan(0, read));
        }

        if (size != image.SizeBytes)
            return new Fault("image-size-mismatch", $"The content has {(size > image.SizeBytes ? "more than " : "")}{Math.Min(size, image.SizeBytes)} bytes, the image {image.SizeBytes}.");
        var hash = sha256.GetHashAndReset();
        if (!string.Equals(Convert.ToHexStringLower(hash), image.Sha256, StringComparison.Ordinal))
            return new Fault("image-hash-mismatch", $"The content's SHA-256 is {Convert.ToHexStringLower(hash)}, the image's {image.Sha256}.");
        return key.SignHashDer(hash);
    }

    /// <summary>
    /// The release's manifest once more, with a higher sequence and a new validity: a return to an older version, or a renewed expiry. Fits
    /// <see cref="IReleaseStore.ReissueAsync"/>. Minimum versions and epoch stay. Throws <see cref="ArgumentException"/> when the kept manifest cannot be read or the sequence is not higher.
    /// </summary>
    public static SignedManifest Reissue(Release release, long sequence, ISigningKey key, DateTimeOffset now, TimeSpan? validity = null)
    {
        ArgumentNullException.ThrowIfNull(release);
        ArgumentNullException.ThrowIfNull(key);
        if (sequence <= release.Manifest.Sequence) throw new ArgumentException($"The sequence must be above {release.Manifest.Sequence}.", nameof(sequence));
        if (!ManifestReader.Inspect(release.Manifest.Cose).TryGet(out var old, out var fault)) throw new ArgumentException(fault.Message, nameof(release));
        var issuedAt = Truncated(now);
        return ManifestSigner.Issue(
            old.Payload with
            {
                Sequence = sequence,
                Image = ManifestImage.Of(release.Image),
                IssuedAt = issuedAt,
                ExpiresAt = issuedAt + (validity ?? DefaultValidity),
            },
            key);
    }

    private static Fault? Check(ReleaseDraft draft)
    {
        if (string.IsNullOrWhiteSpace(draft.Organization)) return new Fault("release-invalid", "organization: must not be empty.");
        if (string.IsNullOrWhiteSpace(draft.CreatedBy)) return new Fault("release-invalid", "createdBy: must not be empty.");
        if (draft.Notes is { Length: > MaximumNotesChars }) return new Fault("release-invalid", $"notes: must have at most {MaximumNotesChars} characters.");
        return draft.Validity < LeastValidity || draft.Validity > MostValidity ? new Fault("release-invalid", "validity: must be 1 minute to 3650 days.") : null;
    }

    private static DateTimeOffset Truncated(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());
}

/// <summary>A release that was checked and whose image is signed; it lacks a sequence only.</summary>
public sealed record PreparedRelease
{
    private readonly ISigningKey _key;

    internal PreparedRelease(ReleaseDraft draft, ISigningKey key, DateTimeOffset issuedAt, byte[] imageSignature)
    {
        Draft = draft;
        _key = key;
        IssuedAt = issuedAt;
        ImageSignature = imageSignature;
    }

    /// <summary>What is released.</summary>
    public ReleaseDraft Draft { get; }

    /// <summary>When it was prepared, whole milliseconds: the manifest's start of validity.</summary>
    public DateTimeOffset IssuedAt { get; }

    /// <summary>DER ECDSA over the image's bytes.</summary>
    public byte[] ImageSignature { get; internal init; }

    /// <summary>The release with its manifest signed for this sequence (1 … 2⁵³−1).</summary>
    public Release Sign(long sequence) => new()
    {
        Id = Guid.CreateVersion7(IssuedAt),
        Organization = Draft.Organization,
        Product = Draft.Product,
        Image = Draft.Image,
        Version = Draft.Image.Version,
        ImageSignature = ImageSignature,
        Manifest = ManifestSigner.Issue(Payload(sequence), _key),
        Notes = Draft.Notes,
        CreatedAt = IssuedAt,
        CreatedBy = Draft.CreatedBy,
    };

    internal ManifestPayload Payload(long sequence) => new()
    {
        Sequence = sequence,
        Product = Draft.Product,
        Chip = Draft.Image.Chip,
        Version = Draft.Image.Version,
        Image = ManifestImage.Of(Draft.Image),
        MinimumAgentVersion = Draft.MinimumAgentVersion,
        MinimumVersion = Draft.MinimumVersion,
        SecurityEpoch = Draft.SecurityEpoch,
        IssuedAt = IssuedAt,
        ExpiresAt = IssuedAt + Draft.Validity,
    };
}
