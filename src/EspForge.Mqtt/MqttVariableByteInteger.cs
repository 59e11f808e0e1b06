using System.Buffers;

namespace EspForge.Mqtt;

/// <summary>The variable byte integer of MQTT 5.0 section 1.5.5: seven bits a byte, low first, one to four bytes.</summary>
public static class MqttVariableByteInteger
{
    /// <summary>The largest value.</summary>
    public const int MaxValue = 268_435_455;

    private static readonly MqttFault TooLong = new(MqttReasonCode.MalformedPacket, "A variable byte integer has at most four bytes (section 1.5.5).");
    private static readonly MqttFault NotShortest = new(MqttReasonCode.MalformedPacket, "A variable byte integer must use the fewest bytes that can hold it [MQTT-1.5.5-1].");

    /// <summary>Reads a value. False with a fault: the bytes are malformed. False without: more bytes are needed, and the reader has not moved.</summary>
    public static bool TryRead(ref SequenceReader<byte> reader, out int value, out MqttFault? fault)
    {
        value = 0;
        fault = null;
        var read = 0;
        for (var shift = 0; shift < 28; shift += 7)
        {
            if (!reader.TryRead(out var next))
            {
                reader.Rewind(read);
                value = 0;
                return false;
            }

            read++;
            value |= (next & 0x7F) << shift;
            if ((next & 0x80) != 0)
                continue;
            if (next != 0 || read == 1)
                return true;
            fault = NotShortest;
            value = 0;
            return false;
        }

        fault = TooLong;
        value = 0;
        return false;
    }

    /// <summary>Writes a value from 0 to <see cref="MaxValue"/> in the fewest bytes.</summary>
    public static void Write(int value, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxValue);
        var buffer = output.GetSpan(4);
        var length = 0;
        do
        {
            buffer[length++] = (byte)((value & 0x7F) | (value > 0x7F ? 0x80 : 0));
            value >>= 7;
        }
        while (value > 0);
        output.Advance(length);
    }

    /// <summary>How many bytes a value takes.</summary>
    public static int LengthOf(int value) => value switch
    {
        < 0 or > MaxValue => throw new ArgumentOutOfRangeException(nameof(value), value, "From 0 to 268,435,455."),
        < 128 => 1,
        < 16_384 => 2,
        < 2_097_152 => 3,
        _ => 4,
    };
}
