using System.Text;

namespace EspForge.Mqtt;

/// <summary>Topic names: what is published to. MQTT 5.0 section 4.7, the same in 3.1.1.</summary>
public static class MqttTopic
{
    /// <summary>Longest name or filter, in bytes of UTF-8.</summary>
    public const int MaxBytes = 65_535;

    private static readonly MqttFault Empty = new(MqttReasonCode.TopicNameInvalid, "A topic must be at least one character long [MQTT-4.7.3-1].");
    private static readonly MqttFault Null = new(MqttReasonCode.TopicNameInvalid, "A topic must not hold U+0000 [MQTT-4.7.3-2].");
    private static readonly MqttFault TooLong = new(MqttReasonCode.TopicNameInvalid, "A topic must not be longer than 65,535 bytes of UTF-8 [MQTT-4.7.3-3].");
    private static readonly MqttFault Wildcard = new(MqttReasonCode.TopicNameInvalid, "A topic name must not hold the wildcards # and + [MQTT-4.7.0-1].");
    private static readonly MqttFault NotUnicode = new(MqttReasonCode.MalformedPacket, "A topic must be well-formed UTF-8 [MQTT-1.5.4-1].");

    /// <summary>What is wrong with a topic name, or null where nothing is. Allocates nothing.</summary>
    public static MqttFault? Check(ReadOnlySpan<char> name) => CheckText(name) ?? (name.IndexOfAny('#', '+') >= 0 ? Wildcard : null);

    /// <summary>The same for the bytes of a packet.</summary>
    public static MqttFault? Check(ReadOnlySpan<byte> utf8) => CheckText(utf8) ?? (utf8.IndexOfAny((byte)'#', (byte)'+') >= 0 ? Wildcard : null);

    /// <summary>What holds for names and filters alike.</summary>
    internal static MqttFault? CheckText(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
            return Empty;
        if (text.Contains('\0'))
            return Null;
        var bytes = 0;
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out var rune, out var length) != System.Buffers.OperationStatus.Done)
                return NotUnicode;
            bytes += rune.Utf8SequenceLength;
            if (bytes > MaxBytes)
                return TooLong;
            text = text[length..];
        }

        return null;
    }

    /// <inheritdoc cref="CheckText(ReadOnlySpan{char})"/>
    internal static MqttFault? CheckText(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return Empty;
        if (utf8.Length > MaxBytes)
            return TooLong;
        if (utf8.Contains((byte)0))
            return Null;
        return System.Text.Unicode.Utf8.IsValid(utf8) ? null : NotUnicode;
    }
}
