using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace EspForge.Mqtt;

/// <summary>
/// A topic filter: what is subscribed to. Parsed once, then matched without allocation. MQTT 5.0 sections 4.7 and 4.8.2.
/// Names are compared as they are: no normalisation, no case [MQTT-4.7.3-4].
/// </summary>
public sealed class MqttTopicFilter
{
    private const string SharePrefix = "$share/";

    private static readonly MqttFault LoneHash = new(MqttReasonCode.TopicFilterInvalid, "The wildcard # must stand alone or after a / and be the last character [MQTT-4.7.1-1].");
    private static readonly MqttFault LonePlus = new(MqttReasonCode.TopicFilterInvalid, "The wildcard + must fill a whole level [MQTT-4.7.1-2].");
    private static readonly MqttFault NoShareName = new(MqttReasonCode.TopicFilterInvalid, "A shared subscription needs a share name of at least one character after $share/ [MQTT-4.8.2-1].");
    private static readonly MqttFault BadShareName = new(MqttReasonCode.TopicFilterInvalid, "A share name must not hold # or + and must be followed by / and a topic filter [MQTT-4.8.2-2].");

    private readonly byte[] _utf8;

    private MqttTopicFilter(string text, string? shareName, string filter)
    {
        Text = text;
        ShareName = shareName;
        Filter = filter;
        HasWildcards = filter.AsSpan().IndexOfAny('#', '+') >= 0;
        _utf8 = Encoding.UTF8.GetBytes(filter);
    }

    /// <summary>What the client sent, <c>$share/…</c> included.</summary>
    public string Text { get; }

    /// <summary>The group of a shared subscription, or null.</summary>
    public string? ShareName { get; }

    /// <summary>The filter that topics are matched against, without <c>$share/group/</c>.</summary>
    public string Filter { get; }

    /// <summary>Whether it holds <c>#</c> or <c>+</c>; without, it matches one topic.</summary>
    public bool HasWildcards { get; }

    /// <summary>Reads a filter.</summary>
    /// <param name="text">The filter as the client sent it.</param>
    /// <param name="filter">The filter, on success.</param>
    /// <param name="fault">What is wrong, otherwise.</param>
    /// <param name="shared">Whether <c>$share/</c> opens a shared subscription. False for MQTT 3.1.1, where it is a topic like any other.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out MqttTopicFilter? filter, [NotNullWhen(false)] out MqttFault? fault, bool shared = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        filter = null;
        fault = MqttTopic.CheckText(text);
        if (fault is not null)
        {
            fault = fault with { Code = fault.Code == MqttReasonCode.TopicNameInvalid ? MqttReasonCode.TopicFilterInvalid : fault.Code };
            return false;
        }

        string? shareName = null;
        var levels = text;
        if (shared && text.StartsWith(SharePrefix, StringComparison.Ordinal))
        {
            var end = text.IndexOf('/', SharePrefix.Length);
            shareName = end < 0 ? text[SharePrefix.Length..] : text[SharePrefix.Length..end];
            if (shareName.Length == 0)
                fault = NoShareName;
            else if (end < 0 || end + 1 == text.Length || shareName.AsSpan().IndexOfAny('#', '+') >= 0)
                fault = BadShareName;
            if (fault is not null)
                return false;
            levels = text[(end + 1)..];
        }

        fault = CheckWildcards(levels);
        if (fault is not null)
            return false;
        filter = new MqttTopicFilter(text, shareName, levels);
        return true;
    }

    /// <summary>Whether a valid topic name matches. Allocates nothing.</summary>
    public bool Matches(ReadOnlySpan<char> topic) => Matches(Filter.AsSpan(), topic, '/', '+', '#', '$');

    /// <summary>The same for the bytes of a packet.</summary>
    public bool Matches(ReadOnlySpan<byte> utf8Topic) => Matches<byte>(_utf8, utf8Topic, (byte)'/', (byte)'+', (byte)'#', (byte)'$');

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static MqttFault? CheckWildcards(ReadOnlySpan<char> levels)
    {
        foreach (var range in levels.Split('/'))
        {
            var level = levels[range];
            if (level.Contains('#') && (level.Length > 1 || range.End.GetOffset(levels.Length) != levels.Length))
                return LoneHash;
            if (level.Contains('+') && level.Length > 1)
                return LonePlus;
        }

        return null;
    }

    private static bool Matches<T>(ReadOnlySpan<T> filter, ReadOnlySpan<T> topic, T slash, T plus, T hash, T dollar)
        where T : unmanaged, IEquatable<T>
    {
        if (topic.IsEmpty)
            return false;

        // A filter that opens with a wildcard does not see the topics of the server itself [MQTT-4.7.2-1].
        if (topic[0].Equals(dollar) && (filter[0].Equals(plus) || filter[0].Equals(hash)))
            return false;
        while (true)
        {
            var filterEnd = filter.IndexOf(slash);
            var level = filterEnd < 0 ? filter : filter[..filterEnd];
            if (level.Length == 1 && level[0].Equals(hash))
                return true;
            var topicEnd = topic.IndexOf(slash);
            var name = topicEnd < 0 ? topic : topic[..topicEnd];
            if (!(level.Length == 1 && level[0].Equals(plus)) && !level.SequenceEqual(name))
                return false;
            if (topicEnd < 0)
            {
                // "sport/#" matches "sport" too: # includes the parent level.
                return filterEnd < 0 || (filter.Length == filterEnd + 2 && filter[filterEnd + 1].Equals(hash));
            }

            if (filterEnd < 0)
                return false;
            filter = filter[(filterEnd + 1)..];
            topic = topic[(topicEnd + 1)..];
        }
    }
}
