namespace EspForge.Devices.Tests;

public class ClaimTests
{
    private static readonly ClaimRequest Good = new("esp32-aabbcc", "lamp", "esp32c3", "xiao-c3", "0.1.0");

    [Fact]
    public void A_claim_has_the_shape_the_protocol_says()
    {
        var claim = Claim.Generate(DateTimeOffset.UnixEpoch);
        Assert.Matches("^[0-9a-f]{32}$", claim.ClaimId);
        Assert.Matches("^[0-9]{6}$", claim.PairingCode);
        Assert.Matches("^[A-Za-z0-9_-]{43}$", claim.PollToken);
    }

    [Fact]
    public void Pairing_codes_use_the_whole_range_with_leading_zeros()
    {
        var codes = Enumerable.Range(0, 20_000).Select(_ => Claim.Generate(DateTimeOffset.UnixEpoch).PairingCode).ToList();
        Assert.All(codes, code => Assert.True(Claim.IsPairingCode(code)));
        Assert.Equal(10, codes.Select(c => c[0]).Distinct().Count());
        Assert.True(codes.Distinct(StringComparer.Ordinal).Count() > 19_000);
    }

    [Fact]
    public void A_good_request_has_nothing_wrong()
    {
        Assert.Null(Good.Check());
        Assert.Null((Good with { Board = null }).Check());
    }

    [Fact]
    public void The_field_that_is_wrong_is_named()
    {
        Assert.Equal("hardwareId", (Good with { HardwareId = null! }).Check()?.Field);
        Assert.Equal("hardwareId", (Good with { HardwareId = "a b c" }).Check()?.Field);
        Assert.Equal("product", (Good with { Product = "Lamp" }).Check()?.Field);
        Assert.Equal("chip", (Good with { Chip = "" }).Check()?.Field);
        Assert.Equal("board", (Good with { Board = "" }).Check()?.Field);
        Assert.Equal("agentVersion", (Good with { AgentVersion = null! }).Check()?.Field);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("12345")]
    [InlineData("1234567")]
    [InlineData("12345a")]
    [InlineData("١٢٣٤٥٦")]
    public void Anything_but_six_digits_is_no_pairing_code(string? code) => Assert.False(Claim.IsPairingCode(code));
}
