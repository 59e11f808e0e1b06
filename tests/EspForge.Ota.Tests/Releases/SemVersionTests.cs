using FsCheck;
using FsCheck.Fluent;

namespace EspForge.Ota.Tests.Releases;

public sealed class SemVersionTests
{
    [Fact]
    public void Precedence_is_what_the_vectors_say()
    {
        var vectors = VectorFile.Read("semver.vec");
        Assert.NotEmpty(vectors);
        foreach (var v in vectors)
        {
            var found = SemVersion.Compare(v["a"], v["b"]) switch { null => "invalid", < 0 => "less", 0 => "equal", _ => "greater" };
            Assert.True(found == v["expect"], $"{v["name"]}: {found}, not {v["expect"]}");
        }
    }

    [Theory]
    [InlineData("1.0.0-Beta", "1.0.0-alpha")]
    [InlineData("1.0.0-20260131123000", "1.0.0-20260131123001")]
    [InlineData("4294967296.0.0", "4294967297.0.0")]
    public void What_a_package_manager_may_get_wrong_is_right(string less, string greater) => Assert.True(SemVersion.Parse(less).Value < SemVersion.Parse(greater).Value);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("v1.0.0")]
    [InlineData("1.0")]
    [InlineData("1.0.0.0")]
    [InlineData("1.0.0-")]
    [InlineData("1.0.0+")]
    [InlineData("1.0.0-01")]
    [InlineData("1.0.0 ")]
    [InlineData("-1.0.0")]
    [InlineData("1.0.0-ä")]
    [InlineData("1.٠.0")]
    [InlineData("1.0.0-aaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void What_is_no_version_is_refused(string? text) => Assert.Equal("version-invalid", SemVersion.Parse(text).Fault?.Code);

    [Fact]
    public void Thirty_one_bytes_are_the_most() => Assert.True(SemVersion.Parse("1.0.0-aaaaaaaaaaaaaaaaaaaaaaaaa").IsSuccess);

    [Fact]
    public void Build_metadata_does_not_count()
    {
        Assert.Equal(SemVersion.Parse("1.0.0+a").Value, SemVersion.Parse("1.0.0+b").Value);
        Assert.Equal(SemVersion.Parse("1.0.0+a").Value.GetHashCode(), SemVersion.Parse("1.0.0").Value.GetHashCode());
        Assert.Equal("1.0.0+a", SemVersion.Parse("1.0.0+a").Value.ToString());
    }

    [Fact]
    public void The_order_is_total()
    {
        var identifier = Gen.Elements("0", "1", "9", "10", "alpha", "Alpha", "beta", "rc", "x-y", "a1");
        var version =
            from core in Gen.ArrayOf(Gen.Choose(0, 2), 3)
            from count in Gen.Choose(0, 3)
            from pre in Gen.ArrayOf(identifier, count)
            select string.Join('.', core) + (pre.Length > 0 ? "-" + string.Join('.', pre) : "");
        var three = from a in version from b in version from c in version select (A: SemVersion.Parse(a).Value, B: SemVersion.Parse(b).Value, C: SemVersion.Parse(c).Value);
        Prop.ForAll(three.ToArbitrary(), t =>
            Math.Sign(t.A.CompareTo(t.B)) == -Math.Sign(t.B.CompareTo(t.A))
            && (t.A > t.B || t.B > t.C || t.A <= t.C)
            && (t.A != t.B || t.A.GetHashCode() == t.B.GetHashCode())).QuickCheckThrowOnFailure();
    }
}
