namespace EspForge.Ota;

/// <summary>An image that an organization holds. Immutable and content-addressed: the SHA-256 is the id.</summary>
public sealed record Image(string Organization, ImageInfo Info, string? FileName, Guid? BuildId, DateTimeOffset CreatedAt, string CreatedBy);

/// <summary>What is known of the images. Implementations write the audit entry in the same transaction as the change.</summary>
public interface IImageStore
{
    /// <summary>The image, or <see langword="null"/> when this organization does not hold it.</summary>
    Task<Image?> FindAsync(string organization, string sha256, CancellationToken cancel = default);

    /// <summary>Those of the images that this organization holds, by SHA-256; at most 500 at once.</summary>
    Task<IReadOnlyDictionary<string, Image>> FindManyAsync(string organization, IReadOnlyCollection<string> sha256, CancellationToken cancel = default);

    /// <summary>Newest first, at most <paramref name="limit"/> (1–500).</summary>
    Task<IReadOnlyList<Image>> ListAsync(string organization, int limit, CancellationToken cancel = default);

    /// <summary>Adds the image; the same SHA-256 again in the same organization is the image that is there already.</summary>
    Task<Image> AddAsync(Image image, AuditDraft entry, CancellationToken cancel = default);
}

/// <summary>The bytes of the images, by SHA-256. A host may replace it: the default keeps files, an object store would too.</summary>
public interface IImageContent
{
    /// <summary>Reads <paramref name="content"/> to its end, at most <paramref name="maxBytes"/>, and keeps it under its SHA-256. Atomic: a crash leaves all or nothing.</summary>
    Task<Outcome<string>> SaveAsync(Stream content, long maxBytes, CancellationToken cancel = default);

    /// <summary>A seekable stream, or <see langword="null"/> when there is none.</summary>
    Stream? OpenRead(string sha256);
}
