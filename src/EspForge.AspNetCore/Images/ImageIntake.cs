using EspForge.Boards;
using EspForge.Ota;
using Microsoft.Extensions.Options;

namespace EspForge.AspNetCore;

/// <summary>Takes an image in, from an upload or a build: what does not hold together is refused, and then nothing is kept.</summary>
public sealed class ImageIntake
{
    /// <summary>Longest file name, in characters.</summary>
    public const int MaximumFileNameChars = 128;

    private readonly IImageStore _images;
    private readonly IImageContent _content;
    private readonly IOptions<EspForgeOptions> _options;
    private readonly BoardCatalog _catalog;
    private readonly TimeProvider _time;

    internal ImageIntake(IImageStore images, IImageContent content, IOptions<EspForgeOptions> options, BoardCatalog catalog, TimeProvider time)
    {
        _catalog = catalog;
        _images = images;
        _content = content;
        _options = options;
        _time = time;
    }

    /// <summary>
    /// Reads <paramref name="bytes"/> to the end, checks the image, keeps it and its audit entry. The same bytes again are the image that is there. Faults: <c>image-malformed</c> with what is
    /// wrong and where, <c>too-large</c> above <see cref="EspForgeOptions.MaxImageBytes"/>, <c>image-not-kept</c> when the disk refuses it.
    /// </summary>
    /// <param name="organization">Who will hold it.</param>
    /// <param name="bytes">The image, from the stream's position.</param>
    /// <param name="fileName">The name it came under, at most 128 characters.</param>
    /// <param name="buildId">The build it comes from.</param>
    /// <param name="actor">Who adds it, as an audit actor.</param>
    /// <param name="cancel">Gives up; nothing is kept then.</param>
    public async Task<Outcome<Image>> TakeAsync(string organization, Stream bytes, string? fileName, Guid? buildId, string actor, CancellationToken cancel = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(organization);
        ArgumentNullException.ThrowIfNull(bytes);
        ArgumentException.ThrowIfNullOrEmpty(actor);
        if (fileName is { Length: > MaximumFileNameChars })
            throw new ArgumentException($"A file name has at most {MaximumFileNameChars} characters.", nameof(fileName));

        // Checked before it is kept: the store of contents never holds what is no image.
        var most = _options.Value.MaxImageBytes;
        await using var held = new FileStream(
            Path.Combine(Path.GetTempPath(), $"espforge-{Guid.NewGuid():N}.image"),
            new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous, BufferSize = 65_536 });
        if (!await CopyAsync(bytes, held, most, cancel))
            return TooLarge(most);

        held.Position = 0;
        if (!ImageReader.Read(held).TryGet(out var info, out var fault))
            return string.Equals(fault.Code, "image-too-large", StringComparison.Ordinal) ? TooLarge(Math.Min(most, ImageReader.MaximumBytes)) : fault;
        if (_catalog.FindChip(info.Chip) is null)
            return new Fault("image-malformed", $"The image is for the chip '{info.Chip}', which is not known here; these are: {string.Join(", ", _catalog.ChipIds)}.");
        held.Position = 0;
        if (!(await _content.SaveAsync(held, most, cancel)).TryGet(out var sha256, out fault))
            return fault;
        if (!string.Equals(sha256, info.Sha256, StringComparison.Ordinal))
            throw new InvalidOperationException($"The image was read as {info.Sha256} and kept as {sha256}.");

        var image = new Image(organization, info, string.IsNullOrWhiteSpace(fileName) ? null : fileName, buildId, RolloutDesk.Whole(_time.GetUtcNow()), actor);
        var entry = new AuditDraft(actor, "image.add", $"image:{info.Sha256}", $"{info.Project} {info.Version} for {info.Chip}, {info.SizeBytes} bytes");
        return await _images.AddAsync(image, entry, cancel);
    }

    internal static Fault TooLarge(long most) => new("too-large", $"The image is larger than {most} bytes.");

    private static async Task<bool> CopyAsync(Stream from, Stream to, long most, CancellationToken cancel)
    {
        var buffer = new byte[81_920];
        long size = 0;
        int read;
        while ((read = await from.ReadAsync(buffer, cancel)) > 0)
        {
            size += read;
            if (size > most)
                return false;
            await to.WriteAsync(buffer.AsMemory(0, read), cancel);
        }

        return true;
    }
}
