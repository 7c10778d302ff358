package firewall

import ("testing";"time";"fmt";"ai-serving/internal/firewall";"sort")

func TestExplore2(t *testing.T){
 as,err:=readAttacks(); if err!=nil{t.Fatal(err)}
 places:=map[string]int{}; pay:=map[string]bool{}
 for _,a:=range as{places[a.Place]++; if p:=a.payload();p!=""{pay[p]=true}}
 fmt.Println(len(as),places,len(pay))
 before,_:=newAzure("2.2",nil); after,_:=newAzure("2.2",firewall.Exclusions("2.2","http"))
 s:=time.Now(); n,m:=0,0
 for _,a:=range as{ b,_:=before.run(a.Request); c,_:=after.run(a.Request); if b.Blocked{n++; if !c.Blocked{ fmt.Println("lost",a.name(),a.Place,attack(b.Rules))}}; if c.Blocked{m++}}
 fmt.Println("azure",n,m,time.Since(s))
 s=time.Now(); q:=0; hit:=map[int]int{}
 for p:=range pay{ r,_:=jsonRequest("/v1/chat/completions",chat([]string{p},nil)); v,_:=after.run(r); if v.Blocked{q++; for _,i:=range v.Rules{hit[i]++}; if q<10 {fmt.Printf("%q %s\n",p,attack(v.Rules))}}}
 fmt.Println("quoted blocked",q,time.Since(s),hit)
 for _,parsed:=range []bool{true,false}{
  g,_:=newArmor(parsed); s=time.Now(); hit:=map[int]bool{}
  for p:=range pay{ r,_:=jsonRequest("/v1/chat/completions",chat([]string{p},nil)); v,_:=g.matches(r); for _,i:=range v{hit[i]=true}}
  ps,_:=readPrompts("testdata/prompts"); for _,p:=range ps{v,_:=g.matches(p.Request); for _,i:=range v{hit[i]=true}}
  var rest []int; for _,i:=range g.signatures{ if !hit[i]{rest=append(rest,i)}}; sort.Ints(rest)
  fmt.Println("google",parsed,"hit",len(hit),"rest",rest,time.Since(s))
  k:=0; for _,a:=range as{v,_:=g.matches(a.Request); if len(v)>0{k++}}; fmt.Println("google attacks",k,time.Since(s))
 }
}
