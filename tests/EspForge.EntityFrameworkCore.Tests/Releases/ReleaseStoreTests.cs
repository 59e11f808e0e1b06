using EspForge.Ota;

namespace EspForge.EntityFrameworkCore.Tests.Releases;

public sealed class ReleaseStoreTests : IDisposable
{
    private readonly FleetDatabase _database = new();

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task What_was_signed_is_found_again_in_full()
    {
        var release = await _database.AddReleaseAsync();
        var found = await _database.Releases().FindAsync(FleetDatabase.Acme, release.Id);

        Assert.Equivalent(release, found, strict: true);
        Assert.Null(await _database.Releases().FindAsync("other", release.Id));
        Assert.Equal(release.Id, (await _database.Releases().FindByImageAsync(FleetDatabase.Acme, release.Image.Sha256))?.Id);
        Assert.Null(await _database.Releases().FindByImageAsync("other", release.Image.Sha256));
    }

    [Fact]
    public async Task A_version_is_released_once_and_a_refused_one_takes_no_sequence()
    {
        Assert.Equal(1, (await _database.AddReleaseAsync("1.0.0")).Manifest.Sequence);
        var signed = false;
        var again = await _database.Releases().AddAsync(
            FleetDatabase.Acme, FleetDatabase.Product, FleetDatabase.Chip, "1.0.0", sequence => { signed = true; return FleetDatabase.Release("1.0.0", sequence); }, FleetDatabase.Draft);

        Assert.Equal("release-exists", again.Fault?.Code);
        Assert.False(signed);
        Assert.Equal(2, (await _database.AddReleaseAsync("1.0.1")).Manifest.Sequence);
        Assert.Equal(1, (await _database.AddReleaseAsync("1.0.0", "other")).Manifest.Sequence);
        Assert.Equal(3, (await _database.AuditAsync()).Count);
    }

    [Fact]
    public async Task The_same_version_for_another_chip_is_another_release_of_the_same_sequence()
    {
        await _database.AddReleaseAsync("1.0.0");
        var other = await _database.Releases().AddAsync(
            FleetDatabase.Acme, FleetDatabase.Product, "esp32s3", "1.0.0", sequence => FleetDatabase.Release("1.0.0", sequence, chip: "esp32s3"), FleetDatabase.Draft);

        Assert.Equal(2, other.Value.Manifest.Sequence);
    }

    [Fact]
    public async Task Signers_at_once_get_every_sequence_once()
    {
        var releases = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() => _database.AddReleaseAsync($"1.0.{i}"))));

        Assert.Equal(Enumerable.Range(1, 12).Select(i => (long)i), releases.Select(release => release.Manifest.Sequence).Order());
    }

    [Fact]
    public async Task The_same_version_by_many_at_once_is_released_once()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => _database.Releases().AddAsync(
            FleetDatabase.Acme, FleetDatabase.Product, FleetDatabase.Chip, "1.0.0", sequence => FleetDatabase.Release("1.0.0", sequence), FleetDatabase.Draft))));

        Assert.Single(outcomes, outcome => outcome.IsSuccess);
        Assert.Equal(7, outcomes.Count(outcome => outcome.Fault?.Code == "release-exists"));
        Assert.Single(await _database.AuditAsync());
    }

    [Fact]
    public async Task A_signer_that_throws_leaves_nothing_and_takes_no_sequence()
    {
        await Assert.ThrowsAsync<IOException>(() => _database.Releases().AddAsync(
            FleetDatabase.Acme, FleetDatabase.Product, FleetDatabase.Chip, "1.0.0", _ => throw new IOException("The key is away."), FleetDatabase.Draft));

        Assert.Empty(await _database.Releases().ListAsync(FleetDatabase.Acme, null, 500));
        Assert.Empty(await _database.AuditAsync());
        Assert.Equal(1, (await _database.AddReleaseAsync("1.0.0")).Manifest.Sequence);
    }

    [Fact]
    public async Task A_return_to_an_older_release_issues_it_again_above_every_sequence()
    {
        var old = await _database.AddReleaseAsync("1.0.0");
        await _database.AddReleaseAsync("1.1.0");
        var reissued = await _database.Releases().ReissueAsync(
            FleetDatabase.Acme, old.Id, (release, sequence) => release.Manifest with { Sequence = sequence, Cose = [9] }, FleetDatabase.Draft);

        Assert.Equal(3, reissued.Value.Manifest.Sequence);
        Assert.Equivalent(reissued.Value, await _database.Releases().FindAsync(FleetDatabase.Acme, old.Id), strict: true);
        Assert.Equal("release-not-found", (await _database.Releases().ReissueAsync("other", old.Id, (release, _) => release.Manifest, FleetDatabase.Draft)).Fault?.Code);
        Assert.Equal(4, (await _database.AddReleaseAsync("1.2.0")).Manifest.Sequence);
    }

    [Fact]
    public async Task The_newest_come_first_of_one_product_or_of_all()
    {
        foreach (var version in (string[])["1.0.0", "1.1.0", "1.2.0"])
            await _database.AddReleaseAsync(version);

        Assert.Equal(["1.2.0", "1.1.0"], (await _database.Releases().ListAsync(FleetDatabase.Acme, FleetDatabase.Product, 2)).Select(release => release.Version));
        Assert.Equal(3, (await _database.Releases().ListAsync(FleetDatabase.Acme, null, 500)).Count);
        Assert.Empty(await _database.Releases().ListAsync(FleetDatabase.Acme, "kettle", 500));
        Assert.Equal("1.2.0", Assert.Single(await _database.Releases().ListLatestAsync(FleetDatabase.Acme, 500)).Version);
        Assert.Empty(await _database.Releases().ListLatestAsync("other", 500));
    }
}
