namespace EspForge.Devices;

/// <summary>What a device's names may look like (docs/protocol.md 1). Each check returns why not as a sentence, or <see langword="null"/>.</summary>
public static class DeviceFields
{
    /// <summary>Most tags a device may have.</summary>
    public const int MaxTags = 20;

    /// <summary>3–64 of <c>a-z 0-9 - _</c>.</summary>
    public static string? CheckDeviceId(string? value) =>
        value is { Length: >= 3 and <= 64 } && value.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_')
            ? null : "A device id is 3–64 of a-z 0-9 - _.";

    /// <summary>3–64 of <c>A-Z a-z 0-9 - _ : .</c>.</summary>
    public static string? CheckHardwareId(string? value) =>
        value is { Length: >= 3 and <= 64 } && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or ':' or '.')
            ? null : "A hardware id is 3–64 of A-Z a-z 0-9 - _ : .";

    /// <summary>1–63 of <c>a-z 0-9 - _ .</c>, beginning with a letter or digit.</summary>
    public static string? CheckProduct(string? value) =>
        value is { Length: >= 1 and <= 63 } && (char.IsAsciiLetterLower(value[0]) || char.IsAsciiDigit(value[0]))
        && value.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.')
            ? null : "A product is 1–63 of a-z 0-9 - _ . and begins with a letter or digit.";

    /// <summary>A chip id: 3–16 of <c>a-z 0-9</c>.</summary>
    public static string? CheckChip(string? value) =>
        value is { Length: >= 3 and <= 16 } && value.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c))
            ? null : "A chip is 3–16 of a-z 0-9, such as esp32c3.";

    /// <summary>A board id: 1–64 of <c>a-z 0-9 - _ .</c>.</summary>
    public static string? CheckBoard(string? value) =>
        value is { Length: >= 1 and <= 64 } && value.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.')
            ? null : "A board is 1–64 of a-z 0-9 - _ .";

    /// <summary>A version as a device says it: 1–31 printable ASCII characters without spaces.</summary>
    public static string? CheckVersion(string? value) =>
        value is { Length: >= 1 and <= 31 } && value.All(c => c is > ' ' and < '\x7f') ? null : "A version is 1–31 printable ASCII characters.";

    /// <summary><c>a</c> or <c>b</c>.</summary>
    public static string? CheckSlot(string? value) => value is "a" or "b" ? null : "A slot is a or b.";

    /// <summary>A name for people: 1–80 characters, no control characters, not only spaces.</summary>
    public static string? CheckName(string? value) =>
        value is { Length: >= 1 and <= 80 } && !string.IsNullOrWhiteSpace(value) && IsOneLine(value) ? null : "A name is 1–80 characters, without control characters and not only spaces.";

    /// <summary>A group: 1–64 characters, no control characters.</summary>
    public static string? CheckGroup(string? value) =>
        value is { Length: >= 1 and <= 64 } && !string.IsNullOrWhiteSpace(value) && IsOneLine(value) ? null : "A group is 1–64 characters, without control characters and not only spaces.";

    /// <summary>Whether the text stays on its line and in its place: no control characters, no line separators, none that turn the direction of what follows (U+202A–U+202E, U+2066–U+2069).</summary>
    public static bool IsOneLine(string? value) => IsText(value) && value?.AsSpan().IndexOfAny("\r\n\t\u2028\u2029") is null or -1;

    /// <summary>As <see cref="IsOneLine"/>, but with line breaks and tabs.</summary>
    public static bool IsText(string? value) => value?.Any(c => (char.IsControl(c) && c is not ('\r' or '\n' or '\t')) || c is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069')) is not true;

    /// <summary>A tag: 1–32 of <c>a-z 0-9 - _ . :</c>.</summary>
    public static string? CheckTag(string? value) =>
        value is { Length: >= 1 and <= 32 } && value.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.' or ':')
            ? null : "A tag is 1–32 of a-z 0-9 - _ . :";

    /// <summary>At most 20 different tags.</summary>
    public static string? CheckTags(IReadOnlyList<string>? value)
    {
        if (value is null)
            return "Tags are a list.";
        if (value.Count > MaxTags)
            return $"A device has at most {MaxTags} tags.";
        if (value.Select(CheckTag).FirstOrDefault(w => w is not null) is { } why)
            return why;
        return value.Distinct(StringComparer.Ordinal).Count() == value.Count ? null : "The same tag is there twice.";
    }

    /// <summary>Makes a device id of a hardware id: lower case, what is not allowed becomes <c>-</c>.</summary>
    public static string ToDeviceId(string hardwareId)
    {
        ArgumentNullException.ThrowIfNull(hardwareId);
        return string.Concat(hardwareId.ToLowerInvariant().Select(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' ? c : '-'));
    }
}
