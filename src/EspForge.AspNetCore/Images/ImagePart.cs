using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace EspForge.AspNetCore;

/// <summary>
/// The one part <c>file</c> of a form (RFC 7578), read as it comes. What follows it is looked at when its end is reached, before anything is kept:
/// <see cref="InvalidDataException"/> where there is another part.
/// </summary>
internal sealed class ImagePart : Stream
{
    public const string Sentence = "The form has one part, `file`, with the image's bytes; this one is cut off, damaged or has more.";
    private const int MaximumBoundaryChars = 70;
    private readonly MultipartReader _reader;
    private readonly Stream _body;
    private bool _ended;

    private ImagePart(MultipartReader reader, Stream body, string? fileName)
    {
        _reader = reader;
        _body = body;
        FileName = fileName;
    }

    /// <summary>The name that the sender gave it.</summary>
    public string? FileName { get; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public static async Task<(ImagePart? Part, ApiRefusal? Refusal)> OpenAsync(HttpRequest request, CancellationToken cancel)
    {
        var boundary = MediaTypeHeaderValue.TryParse(request.ContentType, out var type) ? HeaderUtilities.RemoveQuotes(type.Boundary).Value : null;
        if (boundary is not { Length: > 0 and <= MaximumBoundaryChars })
            return (null, ApiResults.Invalid("", $"A form names its boundary, of at most {MaximumBoundaryChars} characters."));
        try
        {
            var reader = new MultipartReader(boundary, request.Body);
            if (await reader.ReadNextSectionAsync(cancel) is { } section && section.GetContentDispositionHeader() is { } disposition
                && disposition.DispositionType.Equals("form-data", StringComparison.OrdinalIgnoreCase)
                && HeaderUtilities.RemoveQuotes(disposition.Name).Equals("file", StringComparison.Ordinal))
            {
                var name = disposition.FileNameStar.HasValue ? disposition.FileNameStar : HeaderUtilities.RemoveQuotes(disposition.FileName);
                return (new ImagePart(reader, section.Body, name.HasValue && name.Length > 0 ? name.Value : null), null);
            }
        }
        catch (Exception error) when (error is InvalidDataException or IOException && !cancel.IsCancellationRequested)
        {
            // Said below.
        }

        return (null, ApiResults.Invalid("file", Sentence));
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ended)
            return 0;
        var read = await _body.ReadAsync(buffer, cancellationToken);
        if (read > 0 || buffer.Length == 0)
            return read;
        _ended = true;
        return await _reader.ReadNextSectionAsync(cancellationToken) is null ? 0 : throw new InvalidDataException("There is another part.");
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
