using System.Buffers;
using System.Runtime.InteropServices;

namespace EspForge.Mqtt;

/// <summary>The kinds of packet, MQTT 5.0 section 2.1.2.</summary>
public enum MqttPacketType : byte
{
    /// <summary>Connection request.</summary>
    Connect = 1,

    /// <summary>Connection acknowledgment.</summary>
    ConnAck = 2,

    /// <summary>A message.</summary>
    Publish = 3,

    /// <summary>Publish acknowledgment, QoS 1.</summary>
    PubAck = 4,

    /// <summary>Publish received, QoS 2.</summary>
    PubRec = 5,

    /// <summary>Publish release, QoS 2.</summary>
    PubRel = 6,

    /// <summary>Publish complete, QoS 2.</summary>
    PubComp = 7,

    /// <summary>Subscribe request.</summary>
    Subscribe = 8,

    /// <summary>Subscribe acknowledgment.</summary>
    SubAck = 9,

    /// <summary>Unsubscribe request.</summary>
    Unsubscribe = 10,

    /// <summary>Unsubscribe acknowledgment.</summary>
    UnsubAck = 11,

    /// <summary>Ping.</summary>
    PingReq = 12,

    /// <summary>Answer to a ping.</summary>
    PingResp = 13,

    /// <summary>Disconnect notification.</summary>
    Disconnect = 14,

    /// <summary>Authentication exchange, MQTT 5.0 only.</summary>
    Auth = 15,
}

/// <summary>What every packet opens with: its type, four flags and the length of the rest, MQTT 5.0 section 2.1.1.</summary>
/// <param name="Type">The kind of packet.</param>
/// <param name="Flags">The low four bits. For PUBLISH: DUP 8, QoS 2 × 2, RETAIN 1.</param>
/// <param name="RemainingLength">Bytes that follow, 0 to <see cref="MqttVariableByteInteger.MaxValue"/>.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct MqttFixedHeader(MqttPacketType Type, byte Flags, int RemainingLength)
{
    private static readonly MqttFault Reserved = new(MqttReasonCode.MalformedPacket, "Packet type 0 is reserved (section 2.1.2).");
    private static readonly MqttFault BadFlags = new(MqttReasonCode.MalformedPacket, "A reserved flag of the fixed header must have the value of the table [MQTT-2.1.3-1].");
    private static readonly MqttFault BadQos = new(MqttReasonCode.MalformedPacket, "A PUBLISH must not have both QoS bits set [MQTT-3.3.1-4].");

    /// <summary>
    /// Reads a header. False with a fault: the bytes are malformed and the connection has to go. False without: more bytes are needed, and the
    /// reader has not moved.
    /// </summary>
    public static bool TryRead(ref SequenceReader<byte> reader, out MqttFixedHeader header, out MqttFault? fault)
    {
        header = default;
        fault = null;
        if (!reader.TryRead(out var first))
            return false;
        var type = (MqttPacketType)(first >> 4);
        var flags = (byte)(first & 0x0F);
        fault = CheckFlags(type, flags);
        if (fault is not null)
            return false;
        if (!MqttVariableByteInteger.TryRead(ref reader, out var length, out fault))
        {
            if (fault is null)
                reader.Rewind(1);
            return false;
        }

        header = new MqttFixedHeader(type, flags, length);
        return true;
    }

    /// <summary>Writes a header. One that <see cref="TryRead"/> would refuse throws <see cref="ArgumentException"/>.</summary>
    public static void Write(MqttFixedHeader header, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var fault = header.Flags > 0x0F || header.Type > MqttPacketType.Auth ? BadFlags : CheckFlags(header.Type, header.Flags);
        if (fault is not null)
            throw new ArgumentException(fault.Message, nameof(header));
        ArgumentOutOfRangeException.ThrowIfNegative(header.RemainingLength, nameof(header));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(header.RemainingLength, MqttVariableByteInteger.MaxValue, nameof(header));
        output.GetSpan(1)[0] = (byte)(((byte)header.Type << 4) | header.Flags);
        output.Advance(1);
        MqttVariableByteInteger.Write(header.RemainingLength, output);
    }

    private static MqttFault? CheckFlags(MqttPacketType type, byte flags) => type switch
    {
        _ when (byte)type == 0 => Reserved,
        MqttPacketType.Publish => (flags & 0b0110) == 0b0110 ? BadQos : null,
        MqttPacketType.PubRel or MqttPacketType.Subscribe or MqttPacketType.Unsubscribe => flags == 0b0010 ? null : BadFlags,
        _ => flags == 0 ? null : BadFlags,
    };
}
