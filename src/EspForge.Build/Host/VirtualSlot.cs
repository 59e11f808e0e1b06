using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace EspForge.Build;

/// <summary>The slot of a virtual device that was given no other size: as its port says (<c>EF_SLOT_SIZE_DEFAULT</c>), so that there is one place for it.</summary>
internal static partial class VirtualSlot
{
    private static readonly Lazy<long?> Known = new(() => Read(Encoding.UTF8.GetString(FirmwareSources.Read("ports/posix/src/ef_flash.h").Span)));

    /// <summary>Its size, in bytes.</summary>
    public static long? SizeBytes => Known.Value;

    /// <summary>The product in <c>#define EF_SLOT_SIZE_DEFAULT (8u * 1024u * 1024u)</c>, or <see langword="null"/>.</summary>
    internal static long? Read(string header)
    {
        var match = Definition().Match(header);
        return match.Success ? match.Groups["factor"].Captures.Aggregate(1L, (product, factor) => product * long.Parse(factor.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture)) : null;
    }

    [GeneratedRegex(@"^#define EF_SLOT_SIZE_DEFAULT \((?<factor>[0-9]{1,6})u?( \* (?<factor>[0-9]{1,6})u?){0,2}\)", RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Definition();
}
