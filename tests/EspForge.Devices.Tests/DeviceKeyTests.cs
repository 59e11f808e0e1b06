namespace EspForge.Devices.Tests;

public class DeviceKeyTests
{
    [Fact]
    public void A_key_is_efk_and_32_bytes_in_base64url()
    {
        var key = DeviceKey.Generate();
        Assert.Matches("^efk_[A-Za-z0-9_-]{43}$", key);
        Assert.Equal(DeviceKey.Length, key.Length);
        Assert.True(DeviceKey.IsWellFormed(key));
    }

    [Fact]
    public void Keys_do_not_repeat() => Assert.Equal(1_000, Enumerable.Range(0, 1_000).Select(_ => DeviceKey.Generate()).Distinct(StringComparer.Ordinal).Count());

    [Fact]
    public void A_key_matches_its_own_hash_only()
    {
        var key = DeviceKey.Generate();
        Assert.True(DeviceKey.Matches(key, DeviceKey.Hash(key)));
        Assert.False(DeviceKey.Matches(DeviceKey.Generate(), DeviceKey.Hash(key)));
        Assert.False(DeviceKey.Matches(key, DeviceKey.Hash(key).AsSpan(0, 31)));
        Assert.False(DeviceKey.Matches(key, []));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("efk_")]
    [InlineData("efk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("EFK_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("efk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("efk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+")]
    [InlineData("efk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_is_no_key_is_not_looked_up(string? key) => Assert.False(DeviceKey.IsWellFormed(key));

    [Fact]
    public void A_command_secret_is_32_bytes_and_43_characters()
    {
        Assert.Equal(32, CommandSecret.Generate().Length);
        Assert.Matches("^[A-Za-z0-9_-]{43}$", CommandSecret.Encode(CommandSecret.Generate()));
    }
}
