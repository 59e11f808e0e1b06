using EspForge.Devices;
using EspForge.Ota;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EspForge.AspNetCore;

/// <summary><c>releases</c> and <c>products</c>.</summary>
internal static class ReleaseEndpoints
{
    internal const string Cose = "application/cose";

    public static void MapReleases(this RouteGroupBuilder api)
    {
        api.MapGet("releases", List).WithName("listReleases").WithTags("releases").RequireAuthorization(Permissions.ReleasesRead);
        api.MapPost("releases", Create).WithName("createRelease").WithTags("releases").Answers(201).RequireAuthorization(Permissions.ReleasesCreate);
        api.MapGet("releases/{id:guid}", Find).WithName("getRelease").WithTags("releases").RequireAuthorization(Permissions.ReleasesRead);
        api.MapGet("releases/{id:guid}/manifest", Manifest).WithName("getReleaseManifest").WithTags("releases").Produces(200, contentType: Cose)
            .RequireAuthorization(Permissions.ReleasesRead);
        api.MapGet("products", Products).WithName("listProducts").WithTags("releases").RequireAuthorization(Permissions.ReleasesRead);
    }

    internal static Fault NotFound { get; } = new("release-not-found", "There is no such release.");

    private static async Task<ApiResult<IReadOnlyList<ReleaseView>>> List(
        ApiCaller caller, IReleaseStore releases, IImageStore images, string? product, int? limit, CancellationToken cancel)
    {
        if (ApiLimit.Check(limit) is { } refusal)
            return refusal;
        var found = await releases.ListAsync(caller.Organization, string.IsNullOrEmpty(product) ? null : product, limit ?? ApiLimit.Default, cancel);
        return ApiResults.Ok(await ViewsAsync(caller.Organization, found, images, cancel));
    }

    private static async Task<ApiResult<ReleaseView>> Find(ApiCaller caller, IReleaseStore releases, IImageStore images, Guid id, CancellationToken cancel) =>
        await releases.FindAsync(caller.Organization, id, cancel) is { } release
            ? ReleaseView.Of(release, await images.FindAsync(caller.Organization, release.Image.Sha256, cancel))
            : NotFound;

    private static async Task<IResult> Manifest(ApiCaller caller, IReleaseStore releases, Guid id, CancellationToken cancel) =>
        await releases.FindAsync(caller.Organization, id, cancel) is { } release
            ? Results.Bytes(release.Manifest.Cose, Cose, $"{release.Product}-{release.Version}.cose")
            : ApiResults.Problem(NotFound);

    private static async Task<ApiResult<ReleaseView>> Create(
        HttpContext context,
        ApiCaller caller,
        ApiBody<ReleaseRequest> body,
        IReleaseStore releases,
        IImageStore images,
        IImageContent content,
        SigningKeyRing keys,
        EspForgeEvents events,
        TimeProvider time,
        CancellationToken cancel)
    {
        var request = body.Value;
        if (Check(request) is { Count: > 0 } wrong)
            return ApiResults.Invalid(wrong);
        if (await images.FindAsync(caller.Organization, request.ImageSha256, cancel) is not { } image)
            return ImageEndpoints.NotFound;

        var draft = new ReleaseDraft
        {
            Organization = caller.Organization,
            Product = request.Product,
            Image = image.Info,
            Notes = request.Notes,
            MinimumVersion = request.MinimumVersion,
            MinimumAgentVersion = request.MinimumAgentVersion,
            SecurityEpoch = (uint)(request.SecurityEpoch ?? 0),
            Validity = request.ValidDays is { } days ? TimeSpan.FromDays(days) : ReleaseSigner.DefaultValidity,
            CreatedBy = caller.Actor,
        };
        Outcome<PreparedRelease> prepared;
        await using (var stream = content.OpenRead(image.Info.Sha256))
        {
            if (stream is null)
                return ImageEndpoints.NotFound;
            prepared = await ReleaseSigner.PrepareAsync(draft, stream, keys.Active, time.GetUtcNow(), cancel);
        }

        if (!prepared.TryGet(out var ready, out var fault))
            return fault;
        var id = Guid.CreateVersion7(time.GetUtcNow());
        var entry = caller.Draft("release.create", $"release:{id}", $"{request.Product} {image.Info.Version} for {image.Info.Chip}, image {image.Info.Sha256}");
        var added = await releases.AddAsync(
            caller.Organization, request.Product, image.Info.Chip, image.Info.Version, sequence => ready.Sign(sequence) with { Id = id }, entry, cancel);
        if (!added.TryGet(out var release, out fault))
            return fault;
        events.Publish("release", caller.Organization, release.Id.ToString());
        return ApiResults.Created($"{context.Request.PathBase}{context.Request.Path}/{release.Id}", ReleaseView.Of(release, image));
    }

    private static async Task<ApiResult<IReadOnlyList<ProductView>>> Products(
        ApiCaller caller, IDeviceStore devices, IReleaseStore releases, IImageStore images, CancellationToken cancel)
    {
        var counts = await devices.CountVersionsAsync(caller.Organization, cancel);
        var latest = new Dictionary<string, Release>(StringComparer.Ordinal);
        foreach (var release in await releases.ListLatestAsync(caller.Organization, 500, cancel))
            latest.TryAdd(release.Product, release);
        var views = (await ViewsAsync(caller.Organization, [.. latest.Values], images, cancel)).ToDictionary(view => view.Product, StringComparer.Ordinal);

        var products = counts.Select(count => count.Product).Concat(latest.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        return ApiResults.Ok<IReadOnlyList<ProductView>>(
        [
            .. products.Select(product =>
            {
                var versions = counts.Where(count => string.Equals(count.Product, product, StringComparison.Ordinal)).ToList();
                return new ProductView(
                    product,
                    versions.Sum(count => count.Devices),
                    [.. versions.OrderByDescending(count => count.Devices).Select(count => new ProductVersionView(count.Version, count.Devices))],
                    views.GetValueOrDefault(product));
            }),
        ]);
    }

    private static async Task<IReadOnlyList<ReleaseView>> ViewsAsync(string organization, IReadOnlyList<Release> releases, IImageStore images, CancellationToken cancel)
    {
        var known = await images.FindManyAsync(organization, [.. releases.Select(release => release.Image.Sha256).Distinct(StringComparer.Ordinal)], cancel);
        return [.. releases.Select(release => ReleaseView.Of(release, known.GetValueOrDefault(release.Image.Sha256)))];
    }

    private static List<ApiDetail> Check(ReleaseRequest request)
    {
        var wrong = new List<ApiDetail>();
        if (!ManifestImage.IsSha256(request.ImageSha256))
            wrong.Add(new("imageSha256", "'imageSha256' must be 64 lower-case hex digits."));
        if (!ManifestPayload.IsProduct(request.Product))
            wrong.Add(new("product", "A product is 1–63 of a-z 0-9 - _ . and begins with a letter or digit."));
        if (request.Notes is { Length: > ReleaseSigner.MaximumNotesChars })
            wrong.Add(new("notes", "Notes have at most 4,000 characters."));
        else if (!DeviceFields.IsText(request.Notes))
            wrong.Add(new("notes", "Notes are text: they hold no control characters but line breaks and tabs."));
        if (request.MinimumVersion is not null && !SemVersion.IsValid(request.MinimumVersion))
            wrong.Add(new("minimumVersion", "'minimumVersion' must be SemVer 2.0, such as 1.2.0, at most 31 bytes."));
        if (request.MinimumAgentVersion is not null && !SemVersion.IsValid(request.MinimumAgentVersion))
            wrong.Add(new("minimumAgentVersion", "'minimumAgentVersion' must be SemVer 2.0, such as 1.2.0, at most 31 bytes."));
        if (request.SecurityEpoch is < 0 or > uint.MaxValue)
            wrong.Add(new("securityEpoch", "'securityEpoch' must be 0–4294967295."));
        if (request.ValidDays is < 1 or > 3_650)
            wrong.Add(new("validDays", "'validDays' must be 1–3650."));
        return wrong;
    }
}
