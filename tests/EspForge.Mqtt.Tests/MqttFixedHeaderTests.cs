using System.Buffers;
using FsCheck;
using FsCheck.Fluent;

namespace EspForge.Mqtt.Tests;

/// <summary>MQTT 5.0 sections 1.5.5 and 2.1.</summary>
public sealed class MqttFixedHeaderTests
{
    [Theory(DisplayName = "Section 1.5.5, table 1-1: size of the variable byte integer")]
    [InlineData(0, "00")]
    [InlineData(127, "7F")]
    [InlineData(128, "8001")]
    [InlineData(16_383, "FF7F")]
    [InlineData(16_384, "808001")]
    [InlineData(2_097_151, "FFFF7F")]
    [InlineData(2_097_152, "80808001")]
    [InlineData(268_435_455, "FFFFFF7F")]
    public void The_table_of_the_specification_holds(int value, string hex)
    {
        Assert.Equal(hex, Convert.ToHexString(Write(value)));
        Assert.Equal(hex.Length / 2, MqttVariableByteInteger.LengthOf(value));
        var reader = Reader(Convert.FromHexString(hex));
        Assert.True(MqttVariableByteInteger.TryRead(ref reader, out var read, out _));
        Assert.Equal((value, true), (read, reader.End));
    }

    [Theory(DisplayName = "[MQTT-1.5.5-1] The encoded value MUST use the minimum number of bytes necessary to represent the value")]
    [InlineData("8000", "[MQTT-1.5.5-1]")]
    [InlineData("FF00", "[MQTT-1.5.5-1]")]
    [InlineData("80808000", "[MQTT-1.5.5-1]")]
    [InlineData("80808080", "1.5.5")]
    [InlineData("FFFFFFFF7F", "1.5.5")]
    public void A_longer_form_is_malformed(string hex, string statement)
    {
        var reader = Reader(Convert.FromHexString(hex));
        Assert.False(MqttVariableByteInteger.TryRead(ref reader, out _, out var fault));
        Assert.Equal(MqttReasonCode.MalformedPacket, fault!.Code);
        Assert.Contains(statement, fault.Message, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "[MQTT-2.1.3-1] Where a flag bit is marked as Reserved it MUST be set to the value listed")]
    [InlineData(0x00, "2.1.2")]
    [InlineData(0x0F, "2.1.2")]
    [InlineData(0x11, "[MQTT-2.1.3-1]")]
    [InlineData(0x60, "[MQTT-2.1.3-1]")]
    [InlineData(0x80, "[MQTT-2.1.3-1]")]
    [InlineData(0xA3, "[MQTT-2.1.3-1]")]
    [InlineData(0xC1, "[MQTT-2.1.3-1]")]
    [InlineData(0x36, "[MQTT-3.3.1-4]")]
    [InlineData(0x3F, "[MQTT-3.3.1-4]")]
    public void Reserved_bits_are_malformed(byte first, string statement)
    {
        var reader = Reader([first, 0]);
        Assert.False(MqttFixedHeader.TryRead(ref reader, out _, out var fault));
        Assert.Contains(statement, fault!.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => MqttFixedHeader.Write(new MqttFixedHeader((MqttPacketType)(first >> 4), (byte)(first & 15), 0), new ArrayBufferWriter<byte>()));
    }

    [Fact]
    public void Every_first_byte_is_read_back_or_malformed()
    {
        for (var first = 0; first < 256; first++)
        {
            var reader = Reader([(byte)first, 0x05]);
            if (!MqttFixedHeader.TryRead(ref reader, out var header, out var fault))
            {
                Assert.NotNull(fault);
                continue;
            }

            var output = new ArrayBufferWriter<byte>();
            MqttFixedHeader.Write(header, output);
            Assert.Equal([(byte)first, 0x05], output.WrittenSpan.ToArray());
        }
    }

    [Fact]
    public void What_is_written_is_read_back_over_any_cut() => Prop.ForAll(Gen.Choose(0, MqttVariableByteInteger.MaxValue).ToArbitrary(), Gen.Choose(1, 15).ToArbitrary(), (length, type) =>
    {
        var flags = (MqttPacketType)type switch
        {
            MqttPacketType.Publish => (byte)(length % 6),
            MqttPacketType.PubRel or MqttPacketType.Subscribe or MqttPacketType.Unsubscribe => (byte)2,
            _ => (byte)0,
        };
        var header = new MqttFixedHeader((MqttPacketType)type, flags, length);
        var output = new ArrayBufferWriter<byte>();
        MqttFixedHeader.Write(header, output);
        var bytes = output.WrittenSpan.ToArray();
        for (var cut = 0; cut < bytes.Length; cut++)
        {
            var partial = Reader(bytes[..cut]);
            if (MqttFixedHeader.TryRead(ref partial, out _, out var fault) || fault is not null || partial.Consumed != 0)
                return false;
            var whole = new SequenceReader<byte>(Segments(bytes, cut));
            if (!MqttFixedHeader.TryRead(ref whole, out var read, out _) || read != header || !whole.End)
                return false;
        }

        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_value_out_of_range_is_misuse()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Write(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Write(MqttVariableByteInteger.MaxValue + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => MqttVariableByteInteger.LengthOf(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => MqttFixedHeader.Write(new MqttFixedHeader(MqttPacketType.PingReq, 0, -1), new ArrayBufferWriter<byte>()));
    }

    private static byte[] Write(int value)
    {
        var output = new ArrayBufferWriter<byte>();
        MqttVariableByteInteger.Write(value, output);
        return output.WrittenSpan.ToArray();
    }

    private static SequenceReader<byte> Reader(byte[] bytes) => new(new ReadOnlySequence<byte>(bytes));

    private static ReadOnlySequence<byte> Segments(byte[] bytes, int cut)
    {
        var first = new Segment(bytes.AsMemory(0, cut));
        var last = first.Append(bytes.AsMemory(cut));
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
