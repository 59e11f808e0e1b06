using EspForge.Ota;
using Microsoft.EntityFrameworkCore;

namespace EspForge.EntityFrameworkCore;

/// <summary>The images an organization holds.</summary>
internal sealed class EfImageStore(StoreContext store) : IImageStore
{
    public async Task<Image?> FindAsync(string organization, string sha256, CancellationToken cancel = default) =>
        (await Images(organization).FirstOrDefaultAsync(row => row.Sha256 == sha256, cancel))?.ToImage();

    public async Task<IReadOnlyDictionary<string, Image>> FindManyAsync(string organization, IReadOnlyCollection<string> sha256, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(sha256);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sha256.Count, 500, nameof(sha256));
        var rows = await Images(organization).Where(row => sha256.Contains(row.Sha256)).ToListAsync(cancel);
        return rows.ToDictionary(row => row.Sha256, row => row.ToImage(), StringComparer.Ordinal);
    }

    public async Task<IReadOnlyList<Image>> ListAsync(string organization, int limit, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 500);
        var rows = await Images(organization).OrderByDescending(row => row.CreatedAt).ThenBy(row => row.Sha256).Take(limit).ToListAsync(cancel);
        return rows.ConvertAll(row => row.ToImage());
    }

    public async Task<Image> AddAsync(Image image, AuditDraft entry, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        try
        {
            return await store.Db.InTransactionAsync(() => AddOnceAsync(image, entry, cancel), cancel);
        }
        catch (DbUpdateException error) when (StoreTransaction.IsUniqueViolation(error))
        {
            // Another upload of the same bytes was first; the image it added is this one.
            return await FindAsync(image.Organization, image.Info.Sha256, cancel)
                ?? throw new InvalidOperationException($"Image {image.Info.Sha256} is taken and cannot be found.", error);
        }
    }

    private async Task<Image> AddOnceAsync(Image image, AuditDraft entry, CancellationToken cancel)
    {
        if (await FindAsync(image.Organization, image.Info.Sha256, cancel) is { } there)
            return there;
        var row = ImageRow.From(image);
        store.Db.Add(row);
        await AuditChain.AppendAsync(store.Db, image.Organization, entry, store.Now, cancel);
        store.Db.Entry(row).State = EntityState.Detached;
        return image;
    }

    private IQueryable<ImageRow> Images(string organization) => store.Db.Set<ImageRow>().AsNoTracking().Where(row => row.Organization == organization);
}
