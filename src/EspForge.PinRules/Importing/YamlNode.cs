namespace EspForge.PinRules;

/// <summary>A node of a YAML document: a scalar, a mapping or a list.</summary>
/// <param name="line">The line it starts on, from 1.</param>
internal sealed class YamlNode(int line)
{
    public int Line => line;

    /// <summary>The text of a scalar; null for a mapping, a list and nothing.</summary>
    public string? Scalar { get; init; }

    /// <summary>The tag in front, without its exclamation mark: <c>secret</c>, <c>lambda</c>.</summary>
    public string? Tag { get; set; }

    /// <summary>The entries of a mapping in order; null for everything else.</summary>
    public List<(string Key, YamlNode Value)>? Entries { get; init; }

    /// <summary>The items of a list; null for everything else.</summary>
    public List<YamlNode>? Items { get; init; }

    /// <summary>The value of a key of a mapping, or null.</summary>
    public YamlNode? this[string key]
    {
        get
        {
            foreach (var (known, value) in Entries ?? [])
            {
                if (string.Equals(known, key, StringComparison.Ordinal))
                    return value;
            }

            return null;
        }
    }
}
