namespace EspForge.Mqtt;

/// <summary>Why a peer is refused, by MQTT 5.0 section 2.4. Only the codes that this package gives are here.</summary>
public enum MqttReasonCode : byte
{
    /// <summary>The bytes do not follow the specification.</summary>
    MalformedPacket = 0x81,

    /// <summary>The bytes are well formed but break a rule of the protocol.</summary>
    ProtocolError = 0x82,

    /// <summary>The topic filter is not valid.</summary>
    TopicFilterInvalid = 0x8F,

    /// <summary>The topic name is not valid.</summary>
    TopicNameInvalid = 0x90,
}

/// <summary>An expected failure at the wire: what the specification says about it and in which words.</summary>
/// <param name="Code">The reason code to answer with; MQTT 3.1.1 has no room for it and closes the connection.</param>
/// <param name="Message">One sentence with the number of the conformance statement.</param>
public sealed record MqttFault(MqttReasonCode Code, string Message);
