using EspForge.Devices;
using EspForge.Ota;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace EspForge.AspNetCore;

/// <summary><c>images</c>: what can be released.</summary>
internal static class ImageEndpoints
{
    private const string Bytes = "application/octet-stream";
    private const string Multipart = "multipart/form-data";

    // Boundaries, headers and the name of the part.
    private const int MultipartOverheadBytes = 16_384;

    public static void MapImages(this RouteGroupBuilder api)
    {
        api.MapGet("images", List).WithName("listImages").WithTags("images").RequireAuthorization(Permissions.ImagesRead);
        api.MapPost("images", Upload).WithName("uploadImage").WithTags("images").Accepts<byte[]>(Bytes, Multipart, ApiResults.AnyType).Answers(201).RequireAuthorization(Permissions.ImagesUpload);
        api.MapGet("images/{sha256}", Find).WithName("getImage").WithTags("images").RequireAuthorization(Permissions.ImagesRead);
        api.MapMethods("images/{sha256}/content", ["GET", "HEAD"], Content).WithName("getImageContent").WithTags("images").Produces(200, contentType: Bytes)
            .RequireAuthorization(Permissions.ImagesRead);
    }

    private static ApiRefusal BadFileName => ApiResults.Invalid("fileName", $"A file name has at most {ImageIntake.MaximumFileNameChars} characters, no slashes and no control characters.");

    internal static Fault NotFound { get; } = new("image-not-found", "There is no such image.");

    private static async Task<ApiResult<IReadOnlyList<ImageView>>> List(ApiCaller caller, IImageStore images, int? limit, CancellationToken cancel)
    {
        if (ApiLimit.Check(limit) is { } refusal)
            return refusal;
        var found = await images.ListAsync(caller.Organization, limit ?? ApiLimit.Default, cancel);
        return ApiResults.Ok<IReadOnlyList<ImageView>>([.. found.Select(ImageView.Of)]);
    }

    private static async Task<ApiResult<ImageView>> Find(ApiCaller caller, IImageStore images, string sha256, CancellationToken cancel) =>
        await images.FindAsync(caller.Organization, sha256, cancel) is { } image ? ImageView.Of(image) : NotFound;

    private static async Task<ApiResult<ImageView>> Upload(
        HttpContext context, ApiCaller caller, ImageIntake intake, EspForgeEvents events, IOptions<EspForgeOptions> options, string? fileName, CancellationToken cancel)
    {
        var type = context.Request.ContentType?.Split(';')[0].Trim();
        var isForm = string.Equals(type, Multipart, StringComparison.OrdinalIgnoreCase);
        if (!isForm && !string.Equals(type, Bytes, StringComparison.OrdinalIgnoreCase))
            return new Fault("unsupported-media-type", $"Send the image's bytes as {Bytes}, or as the part `file` of {Multipart}.");
        if (!IsFileName(fileName))
            return BadFileName;

        // The limit is ours to say, in our words; the server's own would cut the connection.
        var most = options.Value.MaxImageBytes;
        if (context.Request.ContentLength > most + (isForm ? MultipartOverheadBytes : 0))
            return ImageIntake.TooLarge(most);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;

        var content = context.Request.Body;
        if (isForm)
        {
            var (part, refusal) = await ImagePart.OpenAsync(context.Request, cancel);
            if (part is null)
                return refusal!;
            content = part;
            fileName ??= part.FileName;
            if (!IsFileName(fileName))
                return BadFileName;
        }

        Outcome<Image> taken;
        try
        {
            taken = await intake.TakeAsync(caller.Organization, content, fileName, null, caller.Actor, cancel);
        }
        catch (Exception error) when (isForm && error is InvalidDataException or IOException && !cancel.IsCancellationRequested)
        {
            return ApiResults.Invalid("file", ImagePart.Sentence);
        }

        if (!taken.TryGet(out var image, out var fault))
            return fault;
        events.Publish("image", caller.Organization, image.Info.Sha256);
        return ApiResults.Created($"{context.Request.PathBase}{context.Request.Path}/{image.Info.Sha256}", ImageView.Of(image));
    }

    private static bool IsFileName(string? name) =>
        name is not { Length: > ImageIntake.MaximumFileNameChars } && name?.Any(c => c is '/' or '\\') is not true && DeviceFields.IsOneLine(name);

    private static async Task<IResult> Content(HttpContext context, ApiCaller caller, IImageStore images, IImageContent content, string sha256, CancellationToken cancel)
    {
        if (await images.FindAsync(caller.Organization, sha256, cancel) is not { } image || content.OpenRead(sha256) is not { } stream)
            return ApiResults.Problem(NotFound);
        ImageRanges.Tidy(context.Request, sha256);
        return Results.File(stream, Bytes, image.FileName ?? $"{image.Info.Project}-{image.Info.Version}.bin", entityTag: new($"\"{sha256}\""), enableRangeProcessing: true);
    }
}
