using System.Xml.Linq;

namespace EspForge.Architecture.Tests;

/// <summary>docs/architecture.md, "Packages and direction": no arrow points up.</summary>
public class PackageReferencesTests
{
    // What each package may reference inside the repository; anything else is an arrow that points up or sideways.
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["EspForge.Boards"] = [],
        ["EspForge.Mqtt"] = [],
        ["EspForge.PinRules"] = ["EspForge.Boards"],
        ["EspForge.Build"] = ["EspForge.Boards"],
        ["EspForge.Ota"] = ["EspForge.Boards"],
        ["EspForge.Devices"] = ["EspForge.Boards"],
        ["EspForge.EntityFrameworkCore"] = ["EspForge.Boards", "EspForge.Ota", "EspForge.Devices"],
        ["EspForge.AspNetCore"] = ["EspForge.Boards", "EspForge.PinRules", "EspForge.Build", "EspForge.Ota", "EspForge.Devices", "EspForge.Mqtt"],
        ["EspForge.Cli"] = ["EspForge.Boards", "EspForge.PinRules", "EspForge.Build", "EspForge.Ota"],
    };

    public static TheoryData<string> Packages => [.. Allowed.Keys];

    [Fact]
    public void Every_package_under_src_has_a_rule() =>
        Assert.Equal(Allowed.Keys.Order(StringComparer.Ordinal), Directory.GetDirectories(Path.Combine(Repository.Root, "src")).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_package_references_only_what_is_below_it(string package) =>
        Assert.Empty(References(package, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/'))).Except(Allowed[package], StringComparer.Ordinal));

    [Theory]
    [InlineData("EspForge.Boards")]
    [InlineData("EspForge.PinRules")]
    [InlineData("EspForge.Build")]
    [InlineData("EspForge.Devices")]
    [InlineData("EspForge.Mqtt")]
    [InlineData("EspForge.EntityFrameworkCore")]
    public void What_is_not_hosting_does_not_reference_ASP_NET(string package)
    {
        Assert.DoesNotContain("Microsoft.AspNetCore.App", References(package, "FrameworkReference"));
        Assert.DoesNotContain(References(package, "PackageReference"), reference => reference.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_package_opens_with_its_sentence(string package)
    {
        var description = Project(package).Descendants("Description").Single().Value;
        Assert.Equal(description, File.ReadLines(Path.Combine(Repository.Root, "src", package, "README.md")).First().TrimStart('#', ' '));
    }

    [Fact]
    public void The_host_and_hosting_types_are_named_only_where_they_may_be()
    {
        string[] pure = ["EspForge.Boards", "EspForge.PinRules", "EspForge.Build", "EspForge.Ota", "EspForge.Devices", "EspForge.Mqtt"];
        var offenders = from package in pure
                        from file in Repository.Files(Path.Combine("src", package), "*.cs")
                        where File.ReadAllText(file) is var text && (text.Contains("using Microsoft.AspNetCore", StringComparison.Ordinal) || text.Contains("IHostedService", StringComparison.Ordinal))
                        select file;
        Assert.Empty(offenders);
    }

    private static XDocument Project(string package) => XDocument.Load(Path.Combine(Repository.Root, "src", package, package + ".csproj"));

    private static IEnumerable<string> References(string package, string kind) => Project(package).Descendants(kind).Select(element => element.Attribute("Include")!.Value);
}
