using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace EspForge.AspNetCore;

/// <summary>Ranges of images, where the framework is more lenient than RFC 9110.</summary>
internal static class ImageRanges
{
    /// <summary>
    /// Drops a range that is to be ignored, so that the whole image is the answer: one of anything but bytes (section 14.2; the framework would read it as bytes), and one behind an
    /// <c>If-Range</c> that is not this image's tag (section 13.1.5; the framework honours a range behind one it cannot read).
    /// </summary>
    public static void Tidy(HttpRequest request, string sha256)
    {
        var range = request.Headers.Range.ToString();
        var condition = request.Headers.IfRange.ToString().Trim();
        if (!range.StartsWith("bytes=", StringComparison.OrdinalIgnoreCase) || (condition.Length > 0 && !string.Equals(condition, $"\"{sha256}\"", StringComparison.Ordinal)))
            request.Headers.Remove(HeaderNames.Range);
    }
}
