using System.Globalization;

namespace EspForge.Ota;

/// <summary>A version by Semantic Versioning 2.0.0. Ordered by precedence (section 11): build metadata does not count, case does, numbers may have any length.</summary>
public sealed class SemVersion : IComparable<SemVersion>, IEquatable<SemVersion>
{
    /// <summary>Longest version a manifest or an image carries, in bytes.</summary>
    public const int MaximumBytes = 31;

    // What the comparison itself takes; the agent's limit.
    private const int MaximumComparable = 63;

    private readonly string _text;
    private readonly string[] _core;
    private readonly string[] _prerelease;

    private SemVersion(string text, string[] core, string[] prerelease)
    {
        _text = text;
        _core = core;
        _prerelease = prerelease;
    }

    /// <summary>Whether it has a pre-release part.</summary>
    public bool IsPrerelease => _prerelease.Length > 0;

    /// <summary>Reads a version for a release. Fault <c>version-invalid</c> when it is not SemVer 2.0 or longer than 31 bytes.</summary>
    public static Outcome<SemVersion> Parse(string? text)
    {
        if (text is { Length: > MaximumBytes }) return new Fault("version-invalid", $"The version '{Shortened(text)}' is longer than {MaximumBytes} bytes.");
        if (TryRead(text) is { } version) return version;
        return new Fault("version-invalid", $"'{Shortened(text ?? "")}' is no version of Semantic Versioning 2.0, such as 1.4.0 or 2.0.0-rc.1.");
    }

    /// <summary>Whether <paramref name="text"/> is SemVer 2.0 of at most 31 bytes.</summary>
    public static bool IsValid(string? text) => text is { Length: <= MaximumBytes } && TryRead(text) is not null;

    /// <summary>Compares two texts by precedence: negative, 0, positive, or <see langword="null"/> when either is not SemVer 2.0 (at most 63 bytes).</summary>
    public static int? Compare(string? left, string? right) => TryRead(left) is { } a && TryRead(right) is { } b ? a.CompareTo(b) : null;

    /// <inheritdoc/>
    public int CompareTo(SemVersion? other)
    {
        if (other is null) return 1;
        for (var i = 0; i < _core.Length; i++)
        {
            var order = CompareNumbers(_core[i], other._core[i]);
            if (order != 0) return order;
        }

        if (IsPrerelease != other.IsPrerelease) return IsPrerelease ? -1 : 1;
        for (var i = 0; i < Math.Min(_prerelease.Length, other._prerelease.Length); i++)
        {
            var order = CompareIdentifiers(_prerelease[i], other._prerelease[i]);
            if (order != 0) return order;
        }

        return _prerelease.Length.CompareTo(other._prerelease.Length);
    }

    /// <summary>Whether both have the same precedence.</summary>
    public bool Equals(SemVersion? other) => CompareTo(other) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SemVersion other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var part in _core) hash.Add(part, StringComparer.Ordinal);
        foreach (var part in _prerelease) hash.Add(part, StringComparer.Ordinal);
        return hash.ToHashCode();
    }

    /// <summary>The text as it was read, with build metadata.</summary>
    public override string ToString() => _text;

    /// <summary>Same precedence.</summary>
    public static bool operator ==(SemVersion? left, SemVersion? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Other precedence.</summary>
    public static bool operator !=(SemVersion? left, SemVersion? right) => !(left == right);

    /// <summary>Lower precedence.</summary>
    public static bool operator <(SemVersion? left, SemVersion? right) => Comparer<SemVersion>.Default.Compare(left, right) < 0;

    /// <summary>Higher precedence.</summary>
    public static bool operator >(SemVersion? left, SemVersion? right) => Comparer<SemVersion>.Default.Compare(left, right) > 0;

    /// <summary>Lower or the same precedence.</summary>
    public static bool operator <=(SemVersion? left, SemVersion? right) => Comparer<SemVersion>.Default.Compare(left, right) <= 0;

    /// <summary>Higher or the same precedence.</summary>
    public static bool operator >=(SemVersion? left, SemVersion? right) => Comparer<SemVersion>.Default.Compare(left, right) >= 0;

    private static SemVersion? TryRead(string? text)
    {
        if (text is null or { Length: 0 or > MaximumComparable }) return null;
        var rest = text.AsSpan();

        var plus = rest.IndexOf('+');
        if (plus >= 0)
        {
            if (!Identifiers(rest[(plus + 1)..], strictNumbers: false, out _)) return null;
            rest = rest[..plus];
        }

        var prerelease = Array.Empty<string>();
        var hyphen = rest.IndexOf('-');
        if (hyphen >= 0)
        {
            if (!Identifiers(rest[(hyphen + 1)..], strictNumbers: true, out prerelease)) return null;
            rest = rest[..hyphen];
        }

        return Identifiers(rest, strictNumbers: true, out var core) && core.Length == 3 && Array.TrueForAll(core, IsNumber) ? new SemVersion(text, core, prerelease) : null;
    }

    private static bool Identifiers(ReadOnlySpan<char> list, bool strictNumbers, out string[] identifiers)
    {
        identifiers = list.ToString().Split('.');
        foreach (var identifier in identifiers)
        {
            if (identifier.Length == 0) return false;
            foreach (var c in identifier)
                if (!char.IsAsciiLetterOrDigit(c) && c != '-')
                    return false;
            if (strictNumbers && identifier.Length > 1 && identifier[0] == '0' && IsNumber(identifier)) return false;
        }

        return true;
    }

    private static bool IsNumber(string identifier) => !identifier.AsSpan().ContainsAnyExceptInRange('0', '9');

    // Numbers have no leading zeros, so the longer one is the greater one.
    private static int CompareNumbers(string a, string b) => a.Length != b.Length ? a.Length.CompareTo(b.Length) : string.CompareOrdinal(a, b);

    private static int CompareIdentifiers(string a, string b)
    {
        var number = IsNumber(a);
        if (number != IsNumber(b)) return number ? -1 : 1;
        return number ? CompareNumbers(a, b) : string.CompareOrdinal(a, b);
    }

    private static string Shortened(string text) => text.Length <= 64 ? text : string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, 61)}...");
}
