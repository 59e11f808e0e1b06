using EspForge.Ota;
using Microsoft.EntityFrameworkCore;

namespace EspForge.EntityFrameworkCore;

/// <summary>Releases, and the sequence each product's manifests have reached.</summary>
internal sealed class EfReleaseStore(StoreContext store) : IReleaseStore
{
    public async Task<Release?> FindAsync(string organization, Guid id, CancellationToken cancel = default) =>
        (await Releases(organization).FirstOrDefaultAsync(row => row.Id == id, cancel))?.ToRelease();

    public async Task<Release?> FindByImageAsync(string organization, string sha256, CancellationToken cancel = default) =>
        (await Releases(organization).Where(row => row.ImageSha256 == sha256).OrderByDescending(row => row.CreatedAt).FirstOrDefaultAsync(cancel))?.ToRelease();

    public async Task<IReadOnlyList<Release>> ListAsync(string organization, string? product, int limit, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 500);
        var releases = Releases(organization);
        if (product is not null)
            releases = releases.Where(row => row.Product == product);
        var rows = await releases.OrderByDescending(row => row.CreatedAt).ThenByDescending(row => row.Sequence).Take(limit).ToListAsync(cancel);
        return rows.ConvertAll(row => row.ToRelease());
    }

    public async Task<IReadOnlyList<Release>> ListLatestAsync(string organization, int limit, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 500);
        var all = Releases(organization);
        var rows = await all
            .Where(row => !all.Any(later => later.Product == row.Product
                && (later.CreatedAt > row.CreatedAt || (later.CreatedAt == row.CreatedAt && later.Sequence > row.Sequence))))
            .OrderBy(row => row.Product).Take(limit).ToListAsync(cancel);
        return rows.ConvertAll(row => row.ToRelease());
    }

    public async Task<Outcome<Release>> AddAsync(
        string organization, string product, string chip, string version, Func<long, Release> sign, AuditDraft entry, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(sign);
        var taken = new Fault("release-exists", $"{product} {version} for {chip} is released already, and a release never changes. Build the image with a higher version.");
        try
        {
            return await store.Db.InTransactionAsync<Outcome<Release>>(
                async () =>
                {
                    if (await Releases(organization).AnyAsync(row => row.Product == product && row.Chip == chip && row.Version == version, cancel))
                        return taken;

                    var sequence = await NextSequenceAsync(organization, product, cancel);
                    var release = sign(sequence);
                    if ((release.Organization, release.Product, release.Image.Chip, release.Version, release.Manifest.Sequence) != (organization, product, chip, version, sequence))
                        throw new InvalidOperationException("The signed release is not the one that was asked for.");

                    var row = ReleaseRow.From(release);
                    store.Db.Add(row);
                    await AuditChain.AppendAsync(store.Db, organization, entry, store.Now, cancel);
                    store.Db.Entry(row).State = EntityState.Detached;
                    return release;
                },
                cancel);
        }
        catch (DbUpdateException error) when (StoreTransaction.IsUniqueViolation(error))
        {
            return taken;
        }
    }

    public Task<long> LastSequenceAsync(string organization, string product, CancellationToken cancel = default) =>
        store.Db.Set<ProductSequenceRow>().AsNoTracking().Where(row => row.Organization == organization && row.Product == product).Select(row => row.Last).FirstOrDefaultAsync(cancel);

    public Task<Outcome<Release>> ReissueAsync(
        string organization, Guid id, Func<Release, long, SignedManifest> sign, AuditDraft entry, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(sign);
        return store.Db.InTransactionAsync<Outcome<Release>>(
            async () =>
            {
                if (await FindAsync(organization, id, cancel) is not { } release)
                    return new Fault("release-not-found", "There is no such release.");

                var sequence = await NextSequenceAsync(organization, release.Product, cancel);
                var manifest = sign(release, sequence);
                if (manifest.Sequence != sequence)
                    throw new InvalidOperationException("The signed manifest does not have the sequence it was asked for.");

                await store.Db.Set<ReleaseRow>().Where(row => row.Organization == organization && row.Id == id).ExecuteUpdateAsync(
                    set => set
                        .SetProperty(row => row.Sequence, manifest.Sequence)
                        .SetProperty(row => row.KeyId, manifest.KeyId)
                        .SetProperty(row => row.Manifest, manifest.Cose)
                        .SetProperty(row => row.IssuedAt, manifest.IssuedAt)
                        .SetProperty(row => row.ExpiresAt, manifest.ExpiresAt),
                    cancel);
                await AuditChain.AppendAsync(store.Db, organization, entry, store.Now, cancel);
                return release with { Manifest = manifest };
            },
            cancel);
    }

    // The row stays locked until the transaction ends, so that two signers never hold the same number.
    private async Task<long> NextSequenceAsync(string organization, string product, CancellationToken cancel)
    {
        var sequences = store.Db.Set<ProductSequenceRow>().Where(row => row.Organization == organization && row.Product == product);
        if (await sequences.ExecuteUpdateAsync(set => set.SetProperty(row => row.Last, row => row.Last + 1), cancel) == 0)
        {
            var first = new ProductSequenceRow { Organization = organization, Product = product, Last = 1 };
            store.Db.Add(first);
            await store.Db.SaveChangesAsync(cancel);
            store.Db.Entry(first).State = EntityState.Detached;
            return 1;
        }

        return await sequences.AsNoTracking().Select(row => row.Last).SingleAsync(cancel);
    }

    private IQueryable<ReleaseRow> Releases(string organization) => store.Db.Set<ReleaseRow>().AsNoTracking().Where(row => row.Organization == organization);
}
